/// An app's use of one of Divar's windows.
struct LimitedWindow: Sendable {
    var limit: Int?
    /// The calls that ended; those under way are not in it.
    var ended: SlidingCounter
    var block: QuotaBlock

    init(_ window: QuotaWindow, limit: Int?) {
        self.limit = limit
        (ended, block) = (SlidingCounter(window), QuotaBlock(window))
    }
}
