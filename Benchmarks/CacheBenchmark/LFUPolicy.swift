/// What was used least often since it came goes first; of equals, what was used least recently.
struct LFUPolicy: EvictionPolicy {
    private let maximumBytes: Int
    private let costs: [Int]
    private var bytes = 0
    private var time = 0
    private var heap = PriorityHeap()
    /// Of each key; zero where it isn't kept.
    private var priorities: [Int]
    private var uses: [Int]

    init(_ setting: PolicySetting) {
        maximumBytes = setting.maximumBytes
        costs = setting.costs
        priorities = Array(repeating: 0, count: costs.count)
        uses = priorities
    }

    mutating func request(_ key: Int) -> Bool {
        let isHit = priorities[key] != 0
        time += 1
        uses[key] = isHit ? uses[key] + 1 : 1
        priorities[key] = -(uses[key] << 32 | time)
        heap.push(key, priority: priorities[key])
        if isHit { return true }
        bytes += costs[key]
        while bytes > maximumBytes, let top = heap.pop() {
            guard priorities[top.key] == top.priority else { continue }
            priorities[top.key] = 0
            bytes -= costs[top.key]
        }
        return false
    }
}
