/// How many calls a caller may make: so many a minute, and so many at once.
package struct CallerRate: Sendable, Hashable {
    package let perMinute: Int
    package let burst: Int

    /// - Parameter burst: nil for as many as a minute has.
    package init(perMinute: Int, burst: Int? = nil) {
        self.perMinute = max(1, perMinute)
        self.burst = max(1, burst ?? perMinute)
    }
}
