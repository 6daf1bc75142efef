/// Why there is no place for a call, and when there may be one.
package struct QuotaRefusal: Sendable, Hashable {
    package let window: QuotaWindow
    /// The app's limit in that window; nil where none is configured and Divar said that there is one.
    package let limit: Int?
    /// Rounded up, and at least 1.
    package let retryAfterSeconds: Int

    package init(window: QuotaWindow, limit: Int?, retryAfterSeconds: Int) {
        (self.window, self.limit, self.retryAfterSeconds) = (window, limit, retryAfterSeconds)
    }
}
