internal import Messaging

/// Times at which messages are to be looked at, earliest first: a binary heap. A message may stand in it more than
/// once, and when it isn't wanted any more; `keep` leaves out the latter.
struct SendQueueAgenda: Sendable {
    private var heap: [(time: Int64, number: UInt64, message: MessageID)] = []
    private var lastNumber: UInt64 = 0

    var first: Int64? { heap.first?.time }
    var count: Int { heap.count }

    mutating func add(_ time: Int64, _ message: MessageID) {
        lastNumber += 1
        heap.append((time, lastNumber, message))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func takeFirst(until time: Int64) -> (time: Int64, message: MessageID)? {
        guard let first = heap.first, first.time <= time else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return (first.time, first.message) }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func keep(where isWanted: (MessageID) -> Bool) {
        // What is sorted is a heap.
        heap = heap.filter { isWanted($0.message) }.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    }

    /// Of two of the same time the one that was added first.
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].time, heap[one].number) < (heap[other].time, heap[other].number)
    }
}
