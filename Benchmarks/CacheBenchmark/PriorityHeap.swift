/// A binary heap of keys, the highest priority first. What is out of date stays in it until it is popped.
struct PriorityHeap {
    private var nodes: [(priority: Int, key: Int)] = []

    mutating func push(_ key: Int, priority: Int) {
        nodes.append((priority, key))
        var index = nodes.count - 1
        while index > 0, nodes[index].priority > nodes[(index - 1) / 2].priority {
            nodes.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func pop() -> (priority: Int, key: Int)? {
        guard let top = nodes.first, let last = nodes.popLast() else { return nil }
        guard !nodes.isEmpty else { return top }
        nodes[0] = last
        var index = 0
        while true {
            var largest = index
            for child in [2 * index + 1, 2 * index + 2] where child < nodes.count {
                if nodes[child].priority > nodes[largest].priority { largest = child }
            }
            if largest == index { return top }
            nodes.swapAt(index, largest)
            index = largest
        }
    }
}
