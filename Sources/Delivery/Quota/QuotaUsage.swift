/// What all callers of an app have used of its day: of the last 24 hours, for nobody knows when Divar's day begins.
package struct QuotaUsage: Sendable, Hashable {
    package let usedThisMinute: Int
    package let perMinute: Int?
    package let usedToday: Int
    package let perDay: Int?

    package init(usedThisMinute: Int = 0, perMinute: Int? = nil, usedToday: Int, perDay: Int?) {
        (self.usedThisMinute, self.perMinute) = (usedThisMinute, perMinute)
        (self.usedToday, self.perDay) = (usedToday, perDay)
    }

    /// Four fifths are used, so that somebody should look.
    package var isDayNearlySpent: Bool { perDay.map { $0 > 0 && usedToday * 5 >= $0 * 4 } ?? false }
}
