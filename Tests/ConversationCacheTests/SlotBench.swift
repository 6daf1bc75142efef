@testable import ConversationCache
import NIOCore

/// Slots to try queues on.
struct SlotBench {
    var slots: [EntrySlot?] = []

    init(sizes: [Int]) {
        for (index, size) in sizes.enumerated() {
            let key = CacheKey.named("c\(index)")
            slots.append(EntrySlot(key: key, entry: SlotBench.entry(), bytes: size, caller: 0))
        }
    }

    static func entry(bytes: Int = 0, fetch: UInt64 = 1) -> CacheEntry {
        CacheEntry(
            content: .conversation(body: ByteBuffer(repeating: 0, count: bytes), entityTag: ""), fields: .none,
            freshness: Freshness(initialAge: 0, lifetime: 0), received: 0, fetch: FetchID(number: fetch)
        )
    }

    /// A queue's members, oldest first, by the links in one direction; nil where the other direction has others.
    func members(from oldest: Int) -> [Int]? {
        var members: [Int] = []
        var (index, before) = (oldest, -1)
        while index >= 0, members.count <= slots.count {
            guard let slot = slots[index], slot.older == before else { return nil }
            members.append(index)
            (index, before) = (slot.newer, index)
        }
        return members
    }
}
