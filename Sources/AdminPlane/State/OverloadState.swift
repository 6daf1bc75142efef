/// How calls to Divar fare together.
package struct OverloadState: Sendable, Hashable {
    package let breaker: String
    package let inFlight: Int
    package let waiting: Int
    /// How many may be under way now.
    package let limit: Int

    package init(breaker: String, inFlight: Int, waiting: Int, limit: Int) {
        (self.breaker, self.inFlight, self.waiting) = (breaker, inFlight, waiting)
        self.limit = limit
    }
}
