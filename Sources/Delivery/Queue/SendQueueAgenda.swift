internal import Messaging

/// Times at which messages are to be looked at, earliest first: a binary heap. A message may stand in it more than
/// once, and when it isn't wanted any more.
struct SendQueueAgenda: Sendable {
    private var heap: [(time: Int64, number: UInt64, message: MessageID)] = []
    private var lastNumber: UInt64 = 0

    var first: Int64? { heap.first?.time }

    mutating func add(_ time: Int64, _ message: MessageID) {
        lastNumber += 1
        heap.append((time, lastNumber, message))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func takeFirst(until time: Int64) -> MessageID? {
        guard let first = heap.first, first.time <= time else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return first.message }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// Of two of the same time the one that was added first.
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].time, heap[one].number) < (heap[other].time, heap[other].number)
    }
}
