internal import Messaging

/// The entries, within a number of bytes. Callers share it fairly: who takes the most gives up first, so that no caller
/// loses anything to another while it holds less than an equal part.
struct EntryTable {
    private(set) var bytes = 0
    private var indexes: [CacheKey: Int] = [:]
    private var slots: [EntrySlot?] = []
    private var free: [Int] = []
    private var callers: [CallerName: Int] = [:]
    private var shares: [CallerShare] = []
    private var swept = 0
    let maximumBytes: Int

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    var count: Int { indexes.count }

    /// The entry under a key; counts as a use.
    mutating func use(_ key: CacheKey) -> CacheEntry? {
        guard let index = indexes[key], let slot = slots[index] else { return nil }
        if slot.uses < 3 { slots[index]?.uses = slot.uses + 1 }
        return slot.entry
    }

    func entry(_ key: CacheKey) -> CacheEntry? {
        indexes[key].flatMap { slots[$0]?.entry }
    }

    /// Keeps an entry, and gives the keys of those that had to go for it; the new one's may be among them.
    mutating func insert(_ entry: CacheEntry, under key: CacheKey) -> [CacheKey] {
        let size = EntryTable.size(of: entry, under: key)
        guard size <= maximumBytes else {
            remove(key)
            return [key]
        }
        if let index = indexes[key], let slot = slots[index] {
            slots[index]?.entry = entry
            slots[index]?.bytes = size
            bytes += size - slot.bytes
            shares[slot.caller].resized(index, by: size - slot.bytes, in: slots)
            return makeRoom()
        }
        let caller = share(of: key.partition.caller)
        let slot = EntrySlot(key: key, entry: entry, bytes: size, caller: caller)
        let index: Int
        if let place = free.popLast() {
            index = place
            slots[index] = slot
        } else {
            index = slots.count
            slots.append(slot)
        }
        indexes[key] = index
        bytes += size
        shares[caller].insert(index, hash: key.hashValue, in: &slots)
        return makeRoom()
    }

    @discardableResult
    mutating func remove(_ key: CacheKey) -> Bool {
        guard let index = indexes[key], let slot = slots[index] else { return false }
        shares[slot.caller].remove(index, in: &slots)
        forget(index, slot)
        return true
    }

    /// Looks at some entries, and gives the keys of those that are of no use any more. Comes round to all of them.
    mutating func sweep(_ count: Int, isDead: (CacheKey, CacheEntry) -> Bool) -> [CacheKey] {
        var dead: [CacheKey] = []
        for _ in 0..<min(count, slots.count) {
            swept = swept + 1 < slots.count ? swept + 1 : 0
            if let slot = slots[swept], isDead(slot.key, slot.entry) { dead.append(slot.key) }
        }
        return dead
    }

    /// What an entry counts for.
    static func size(of entry: CacheEntry, under key: CacheKey) -> Int {
        CacheSettings.entryOverhead + entry.content.bytes + key.conversation.text.utf8.count
    }

    private mutating func makeRoom() -> [CacheKey] {
        var evicted: [CacheKey] = []
        while bytes > maximumBytes, let largest = shares.indices.max(by: { shares[$0].bytes < shares[$1].bytes }),
            let index = shares[largest].evict(in: &slots), let slot = slots[index]
        {
            evicted.append(slot.key)
            forget(index, slot)
        }
        return evicted
    }

    private mutating func forget(_ index: Int, _ slot: EntrySlot) {
        indexes[slot.key] = nil
        slots[index] = nil
        free.append(index)
        bytes -= slot.bytes
    }

    private mutating func share(of caller: CallerName) -> Int {
        if let index = callers[caller] { return index }
        callers[caller] = shares.count
        shares.append(CallerShare())
        return shares.count - 1
    }
}
