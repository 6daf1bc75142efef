/// What all callers of an app have used of its day: of the last 24 hours, for nobody knows when Divar's day begins.
package struct QuotaUsage: Sendable, Hashable {
    package let usedToday: Int
    package let perDay: Int?

    package init(usedToday: Int, perDay: Int?) {
        (self.usedToday, self.perDay) = (usedToday, perDay)
    }
}
