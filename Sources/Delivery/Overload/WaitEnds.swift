/// The ends of waits, the earliest first: a binary heap.
struct WaitEnds: Sendable {
    struct End: Sendable {
        let time: Int64
        let number: UInt64
    }

    private var ends: [End] = []

    var count: Int { ends.count }
    var first: End? { ends.first }

    mutating func insert(_ end: End) {
        ends.append(end)
        var index = ends.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard ends[index].time < ends[parent].time else { return }
            ends.swapAt(index, parent)
            index = parent
        }
    }

    mutating func removeFirst() {
        ends.swapAt(0, ends.count - 1)
        ends.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < ends.count && ends[child].time < ends[least].time { least = child }
            guard least != index else { return }
            ends.swapAt(index, least)
            index = least
        }
    }

    /// Leaves out all others.
    mutating func keep(where isKept: (UInt64) -> Bool) {
        let kept = ends.filter { isKept($0.number) }
        ends = []
        for end in kept { insert(end) }
    }
}
