/// How many calls may be under way at once: more as long as Divar answers, fewer where it has too much to do (additive
/// increase, multiplicative decrease, as TCP does it: RFC 5681).
///
/// How long answers take isn't judged: Divar may be slow by nature, and a slow answer is better than a refusal.
struct ConcurrencyLimit: Sendable {
    /// Signs of overload leave nine tenths of the limit. Halving would give up half of Divar for each lost call.
    private static let keptTenths = 9
    /// The limit grows only while at least this part of it is used: else nothing was learned.
    private static let wellUsedQuarters = 3
    /// After this long without a sign of overload the limit returns to where it was, by one for each success instead
    /// of one for each round of them: a brown-out takes it far down, and calls of seconds would need minutes to bring
    /// it back.
    static let calm: Int64 = 2_000_000
    /// Where Divar fails again before it was well for this long, the former limit is what broke it, and no goal.
    static let relapse: Int64 = 120_000_000

    private(set) var limit: Int
    /// Counts decreases. Only a call that began after the last one is a sign that it was not enough.
    private(set) var epoch: UInt64 = 0

    private var bounds: ClosedRange<Int>
    /// Where a fast climb ends: the limit that was good before.
    private var goal: Int
    private var successes = 0
    /// Whether the goal was being tried when overload showed again.
    private var hasClimbed = false
    private var hasDecreased = false
    private var lastDecrease: Int64?
    private var lastHalving: Int64?

    init(_ settings: OverloadSettings) {
        bounds = settings.concurrency
        limit = min(max(settings.initialConcurrency, bounds.lowerBound), bounds.upperBound)
        goal = limit
    }

    mutating func reconfigure(_ settings: OverloadSettings) {
        bounds = settings.concurrency
        limit = min(max(limit, bounds.lowerBound), bounds.upperBound)
        goal = min(max(goal, limit), bounds.upperBound)
    }

    /// A call was answered well.
    ///
    /// - Parameter inFlight: how many were under way, it among them.
    mutating func succeeded(inFlight: Int, now: Int64) {
        guard limit < bounds.upperBound, inFlight * 4 >= limit * ConcurrencyLimit.wellUsedQuarters else { return }
        if limit < goal, isCalm(now) {
            limit += 1
            successes = 0
            hasClimbed = true
            return
        }
        successes += 1
        guard successes >= limit else { return }
        successes = 0
        limit += 1
        guard limit > goal else { return }
        goal = limit
        hasClimbed = false
    }

    /// A call that began in `epoch` shows that there are too many. One round trip brings as many such signs as calls
    /// were under way, and counts once.
    mutating func overloaded(epoch: UInt64, now: Int64) {
        guard epoch == self.epoch else { return }
        decrease(to: limit * ConcurrencyLimit.keptTenths / 10, now: now)
        hasDecreased = true
        guard hasClimbed else { return }
        goal = limit
        hasClimbed = false
    }

    /// Divar has failed altogether. When it is well again it gets half of the calls first.
    mutating func halve(now: Int64) {
        decrease(to: limit / 2, now: now)
        if hasDecreased, let lastHalving, now - lastHalving < ConcurrencyLimit.relapse { goal = limit }
        hasDecreased = false
        hasClimbed = false
        lastHalving = now
    }

    private mutating func decrease(to lower: Int, now: Int64) {
        limit = max(bounds.lowerBound, lower)
        epoch += 1
        successes = 0
        lastDecrease = now
    }

    private func isCalm(_ now: Int64) -> Bool { lastDecrease.map { now - $0 >= ConcurrencyLimit.calm } ?? true }
}
