/// What is used of one window of a limit: of an app, or of one caller's share in it.
package struct QuotaState: Sendable, Hashable {
    package let app: String
    /// Nil for the whole app.
    package let caller: String?
    /// `minute` or `day`.
    package let window: String
    package let limit: Int
    package let used: Int

    package init(app: String, caller: String?, window: String, limit: Int, used: Int) {
        (self.app, self.caller, self.window) = (app, caller, window)
        (self.limit, self.used) = (limit, used)
    }
}
