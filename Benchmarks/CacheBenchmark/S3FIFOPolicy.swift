/// S3-FIFO (Yang et al., SOSP 2023), one queue for all callers, with its numbers open.
struct S3FIFOPolicy: EvictionPolicy {
    private let maximumBytes: Int
    private let smallPercent: Int
    private let promotedAfter: UInt8
    private let patience: Int
    private var small: KeyList
    private var main: KeyList
    private var ghosts: KeyList
    private var uses: [UInt8]

    /// - Parameters:
    ///   - smallPercent: the small queue's share of what is kept.
    ///   - promotedAfter: the uses after the first that lead from the small queue to the main one.
    ///   - patience: how many may be spared, one after the other, before one goes that was used.
    init(_ setting: PolicySetting, smallPercent: Int = 10, promotedAfter: UInt8 = 1, patience: Int = .max) {
        maximumBytes = setting.maximumBytes
        self.smallPercent = smallPercent
        self.promotedAfter = promotedAfter
        self.patience = patience
        small = KeyList(costs: setting.costs)
        main = small
        ghosts = small
        uses = Array(repeating: 0, count: setting.costs.count)
    }

    mutating func request(_ key: Int) -> Bool {
        if small.contains(key) || main.contains(key) {
            uses[key] = min(uses[key] + 1, 3)
            return true
        }
        uses[key] = 0
        if ghosts.contains(key) {
            ghosts.remove(key)
            main.add(key)
        } else {
            small.add(key)
        }
        var spared = 0
        while small.bytes + main.bytes > maximumBytes { spared = evict(spared: spared) }
        return false
    }

    /// - Returns: how many were spared one after the other.
    private mutating func evict(spared: Int) -> Int {
        let bytes = small.bytes + main.bytes
        if small.count > 0, main.count == 0 || small.bytes * 100 >= smallPercent * bytes {
            let key = small.oldest
            small.remove(key)
            guard uses[key] >= promotedAfter, spared < patience else {
                ghosts.add(key)
                while ghosts.count > small.count + main.count { ghosts.remove(ghosts.oldest) }
                return 0
            }
            uses[key] = 0
            main.add(key)
        } else {
            let key = main.oldest
            main.remove(key)
            guard uses[key] > 0, spared < patience else { return 0 }
            uses[key] -= 1
            main.add(key)
        }
        return spared + 1
    }
}
