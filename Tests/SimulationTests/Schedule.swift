import JournalConformance

/// Virtual time: what is to happen, earliest first. Of two events at one time the one that was planned first comes
/// first, so that a seed always gives the same run.
final class Schedule {
    private var heap: [(time: Int64, number: UInt64, event: () -> Void)] = []
    private var lastNumber: UInt64 = 0
    private(set) var now: Int64
    /// The same time, for those who take it from the journal's sources.
    let clock: SampleClock

    init(seed: UInt64) {
        clock = SampleClock(seed: seed)
        now = clock.nowMicroseconds
    }

    func after(_ delay: Int64, _ event: @escaping () -> Void) {
        lastNumber += 1
        heap.append((now + max(0, delay), lastNumber, event))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Runs what is planned up to a time.
    func run(until end: Int64) {
        while let first = heap.first, first.time <= end {
            heap.swapAt(0, heap.count - 1)
            heap.removeLast()
            sink()
            pass(to: first.time)
            first.event()
        }
        pass(to: end)
    }

    private func pass(to time: Int64) {
        guard time > now else { return }
        clock.advance(by: .microseconds(time - now))
        now = time
    }

    private func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        (heap[one].time, heap[one].number) < (heap[other].time, heap[other].number)
    }
}
