/// What an operator says of how much Divar is asked to do at once. Times in microseconds.
package struct OverloadSettings: Sendable, Hashable {
    /// Calls under way at the start. A wrong guess mends itself: too high costs a few refusals, too low a few round
    /// trips.
    package var initialConcurrency = 64
    /// Never less, or a limit that fell could not learn that Divar is well again.
    package var minimumConcurrency = 4
    package var maximumConcurrency = 1024

    /// Calls that wait for a place. Half a second's worth at 1000 calls/s: who comes later would wait in vain.
    package var queue = 512
    /// A call that waited this long is refused, though its deadline may be later: its caller can do better.
    package var maximumWait: Int64 = 2_000_000
    /// A deadline that passes says something of Divar only if Divar had at least this long. What was left to a call
    /// that waited for its place may be too short for anybody, and judging that would let a queue shrink its own limit.
    package var shortestTrial: Int64 = 1_000_000

    /// The breaker opens where this part of the calls of a window failed...
    package var failurePercent = 50
    package var window: Int64 = 10_000_000
    /// ...and there were as many as this: of a handful, half fail by chance.
    package var minimumCalls = 20
    /// How long it stays open at first. Twice as long after each probe that fails, up to half a window.
    package var openFor: Int64 = 5_000_000

    /// Second attempts, for each hundred calls that reached Divar.
    package var retryBudgetPercent = 10
    /// Second attempts that are allowed besides, so that at little traffic there are any at all.
    package var retriesPerSecond = 1

    /// A read that has no answer so long is asked a second time, within the same budget; nil: none is.
    package var hedgeReadsAfter: Int64?

    package init() {}

    /// However long Divar failed: half a window after it is well that is found out, so that all is well within one.
    var longestOpenFor: Int64 { max(window / 2, openFor) }

    /// The bounds of the limit, whatever was said.
    var concurrency: ClosedRange<Int> {
        let minimum = max(1, minimumConcurrency)
        return minimum...max(minimum, maximumConcurrency)
    }
}
