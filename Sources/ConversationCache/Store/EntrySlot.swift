/// A place for an entry, with its links in one of its caller's queues.
struct EntrySlot {
    enum Queue: UInt8 { case none, small, main }

    let key: CacheKey
    var entry: CacheEntry
    var bytes: Int
    /// The index of the caller whose share it counts against.
    let caller: Int
    /// How often it was used lately, up to 3.
    var uses: UInt8 = 0
    var queue = Queue.none
    /// Towards the queue's head, where the newest stands; -1 where there is none.
    var newer = -1
    var older = -1
}
