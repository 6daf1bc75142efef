/// One caller's part of the cache, with an eviction of its own: S3-FIFO (Yang et al., SOSP 2023), counted in bytes.
///
/// What is new waits in a small queue of a tenth of the share, from which only what was used again goes over to the
/// main one, so that a scan passes through without pushing out what is in use. A key that comes back soon after it was
/// evicted goes to the main queue at once.
struct CallerShare {
    private var small = SlotQueue(.small)
    private var main = SlotQueue(.main)
    private var ghosts = GhostList()

    var bytes: Int { small.bytes + main.bytes }
    var count: Int { small.count + main.count }

    mutating func insert(_ index: Int, hash: Int, in slots: inout [EntrySlot?]) {
        if ghosts.take(hash) {
            main.add(index, in: &slots)
        } else {
            small.add(index, in: &slots)
        }
    }

    mutating func remove(_ index: Int, in slots: inout [EntrySlot?]) {
        switch slots[index]?.queue {
        case .small: small.remove(index, in: &slots)
        case .main: main.remove(index, in: &slots)
        case .none?, nil: break
        }
    }

    mutating func resized(_ index: Int, by difference: Int, in slots: [EntrySlot?]) {
        switch slots[index]?.queue {
        case .small: small.resized(by: difference)
        case .main: main.resized(by: difference)
        case .none?, nil: break
        }
    }

    /// Entries that an eviction spares because they were used: some tens of microseconds. Without a limit it would come
    /// round to each of them four times where all are in use, 20 ms with 50,000.
    static let spared = 64

    /// Takes the entry to be given up out of its queue; nil where there is none.
    mutating func evict(in slots: inout [EntrySlot?]) -> Int? {
        var spared = 0
        while count > 0 {
            defer { spared += 1 }
            let takesSmall = small.count > 0 && (main.count == 0 || small.bytes * 10 >= bytes)
            if takesSmall {
                let index = small.oldest
                small.remove(index, in: &slots)
                guard let slot = slots[index], slot.uses > 0, spared < CallerShare.spared else {
                    if let slot = slots[index] { ghosts.add(slot.key.hashValue, keeping: main.count + small.count) }
                    return index
                }
                slots[index]?.uses = 0
                main.add(index, in: &slots)
            } else {
                let index = main.oldest
                main.remove(index, in: &slots)
                guard let slot = slots[index], slot.uses > 0, spared < CallerShare.spared else { return index }
                slots[index]?.uses = slot.uses - 1
                main.add(index, in: &slots)
            }
        }
        return nil
    }
}
