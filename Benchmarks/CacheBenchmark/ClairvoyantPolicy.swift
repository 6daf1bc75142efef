/// Gives up what will be used last (Belady 1966). With entries of one size nothing is better; with ours, not much.
struct ClairvoyantPolicy: EvictionPolicy {
    private let maximumBytes: Int
    private let costs: [Int]
    /// When the key of each request is asked for again.
    private var next: [Int]
    /// When each key is asked for again; zero where it isn't kept.
    private var uses: [Int]
    private var time = 0
    private var bytes = 0
    private var heap = PriorityHeap()

    init(_ setting: PolicySetting) {
        maximumBytes = setting.maximumBytes
        costs = setting.costs
        uses = Array(repeating: 0, count: costs.count)
        next = Array(repeating: Int.max, count: setting.trace.requests.count)
        var later = Array(repeating: Int.max, count: costs.count)
        for (time, key) in setting.trace.requests.enumerated().reversed() {
            next[time] = later[key]
            later[key] = time
        }
    }

    /// The trace's requests, in its order.
    mutating func request(_ key: Int) -> Bool {
        let isHit = uses[key] != 0
        uses[key] = next[time]
        heap.push(key, priority: next[time])
        time += 1
        if isHit { return true }
        bytes += costs[key]
        while bytes > maximumBytes, let top = heap.pop() {
            guard uses[top.key] == top.priority else { continue }
            uses[top.key] = 0
            bytes -= costs[top.key]
        }
        return false
    }
}
