/// How many reads may be tried a second time: a part of the calls, so that a Divar that fails isn't asked twice as
/// much for it, and a few each second besides.
///
/// Counts millionths of a retry: then each microsecond brings a whole number of them, and none is lost to rounding.
struct RetryBudget: Sendable {
    private static let retry: Int64 = 1_000_000
    /// What can be saved up of the few: ten seconds' worth.
    static let savedSeconds = 10
    /// What can be saved up from calls. A long good time must not pay for a storm.
    static let savedRetries = 100

    private var percent: Int64
    private var perSecond: Int64
    private var earned: Int64 = 0
    private var floor: Int64
    /// Up to when the floor was filled; nil before the first use.
    private var filled: Int64?

    init(_ settings: OverloadSettings) {
        percent = Int64(min(max(settings.retryBudgetPercent, 0), 100))
        perSecond = Int64(min(max(settings.retriesPerSecond, 0), 1_000_000))
        floor = perSecond * Int64(RetryBudget.savedSeconds) * RetryBudget.retry
    }

    mutating func reconfigure(_ settings: OverloadSettings) {
        let former = self
        self = RetryBudget(settings)
        earned = former.earned
        floor = min(former.floor, floor)
        filled = former.filled
    }

    /// A call has reached Divar.
    mutating func earn() {
        earned = min(earned + percent * RetryBudget.retry / 100, Int64(RetryBudget.savedRetries) * RetryBudget.retry)
    }

    /// Whether there is a retry left, which is taken.
    mutating func take(now: Int64) -> Bool {
        fill(now: now)
        // The retry earns too when it ends, and must not: that is taken in advance.
        let cost = RetryBudget.retry + percent * RetryBudget.retry / 100
        if earned >= cost {
            earned -= cost
            return true
        }
        // The rest from the floor, or neither would ever be used up.
        guard earned + floor >= cost else { return false }
        floor -= cost - earned
        earned = 0
        return true
    }

    private mutating func fill(now: Int64) {
        let most = perSecond * Int64(RetryBudget.savedSeconds) * RetryBudget.retry
        guard let filled, perSecond > 0 else {
            filled = now
            return
        }
        // A full floor takes ten seconds, whatever the time that passed.
        let passed = min(max(now - filled, 0), Int64(RetryBudget.savedSeconds) * 1_000_000)
        floor = min(floor + passed * perSecond, most)
        self.filled = now
    }
}
