package import Messaging

/// What the end of a fetch means for those who waited.
package struct Settlement: Sendable {
    package enum Notice: Sendable {
        case answer(CachedAnswer)
        case problem(Problem, CacheStatus)
        /// The fetch failed for whom it was made; the next in line makes it once more.
        case fetch(Fetch)
    }

    package var notices: [(waiter: CacheWaiter, notice: Notice)] = []
}
