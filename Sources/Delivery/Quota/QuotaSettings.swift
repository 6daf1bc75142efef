package import Messaging

/// The limits that Divar sets an app, and how its callers share them.
package struct QuotaSettings: Sendable, Hashable {
    package static let maximumLimit = 1_000_000_000
    package static let defaultMaximumWait: Int64 = 2_000_000
    package static let defaultPause: Int64 = 10_000_000
    /// Longer than a minute nothing of the minute's window is worth waiting for.
    package static let longestWait: Int64 = 60_000_000

    /// Requests in a minute; nil where there is no such limit.
    package let perMinute: Int?
    /// Requests in a day; nil where there is no such limit.
    package let perDay: Int?
    /// How long a call may wait for a place, in microseconds.
    package let maximumWait: Int64
    /// How long all calls pause after a 429 that doesn't say it, in microseconds. 0: they never pause.
    package let pause: Int64
    /// Callers that are not named have a weight of 1 and no reserve.
    package var shares: [CallerName: CallerShareSettings]

    package init(
        perMinute: Int? = nil,
        perDay: Int? = nil,
        maximumWait: Int64 = QuotaSettings.defaultMaximumWait,
        pause: Int64 = QuotaSettings.defaultPause,
        shares: [CallerName: CallerShareSettings] = [:]
    ) {
        self.perMinute = perMinute.map { min(max($0, 0), QuotaSettings.maximumLimit) }
        self.perDay = perDay.map { min(max($0, 0), QuotaSettings.maximumLimit) }
        self.maximumWait = min(max(maximumWait, 0), QuotaSettings.longestWait)
        self.pause = min(max(pause, 0), QuotaSettings.longestWait)
        self.shares = shares
    }

    func limit(_ window: QuotaWindow) -> Int? {
        switch window {
        case .minute: perMinute
        case .day: perDay
        }
    }

    func share(of caller: CallerName) -> CallerShareSettings { shares[caller] ?? CallerShareSettings() }

    /// A reserve is said for the minute. Of the day a caller keeps the same part, for a reserve in a minute is worth
    /// nothing once the others have used up the day.
    func reserve(of caller: CallerName, _ window: QuotaWindow) -> Int {
        let reserve = share(of: caller).reserve
        guard reserve > 0, window == .day, let perDay else { return reserve }
        let all = shares.values.reduce(0) { $0 + $1.reserve }
        let whole = max(perMinute ?? perDay / QuotaSettings.minutesPerDay, all, 1)
        return perDay * reserve / whole
    }

    private static let minutesPerDay = 1440
}
