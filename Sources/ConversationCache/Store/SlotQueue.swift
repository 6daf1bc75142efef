/// A first-in, first-out queue whose links lie in the slots themselves, so that any of them can be taken out at once.
struct SlotQueue {
    private(set) var count = 0
    private(set) var bytes = 0
    private var newest = -1
    private(set) var oldest = -1
    let kind: EntrySlot.Queue

    init(_ kind: EntrySlot.Queue) {
        self.kind = kind
    }

    mutating func add(_ index: Int, in slots: inout [EntrySlot?]) {
        slots[index]?.queue = kind
        slots[index]?.older = newest
        slots[index]?.newer = -1
        if newest >= 0 { slots[newest]?.newer = index } else { oldest = index }
        newest = index
        count += 1
        bytes += slots[index]?.bytes ?? 0
    }

    mutating func remove(_ index: Int, in slots: inout [EntrySlot?]) {
        guard let slot = slots[index] else { return }
        if slot.newer >= 0 { slots[slot.newer]?.older = slot.older } else { newest = slot.older }
        if slot.older >= 0 { slots[slot.older]?.newer = slot.newer } else { oldest = slot.newer }
        slots[index]?.queue = .none
        count -= 1
        bytes -= slot.bytes
    }

    /// Called where a slot in this queue changes its size.
    mutating func resized(by difference: Int) {
        bytes += difference
    }
}
