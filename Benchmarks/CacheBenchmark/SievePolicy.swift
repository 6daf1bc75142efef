/// SIEVE (Zhang et al., NSDI 2024): a queue through which a hand goes that spares once what was used.
struct SievePolicy: EvictionPolicy {
    private let maximumBytes: Int
    private var list: KeyList
    private var isUsed: [Bool]
    private var hand = -1

    init(_ setting: PolicySetting) {
        maximumBytes = setting.maximumBytes
        list = KeyList(costs: setting.costs)
        isUsed = Array(repeating: false, count: setting.costs.count)
    }

    mutating func request(_ key: Int) -> Bool {
        if list.contains(key) {
            isUsed[key] = true
            return true
        }
        // Room first: the hand never comes upon what is being kept.
        while list.count > 0, list.bytes + list.cost(of: key) > maximumBytes { evict() }
        isUsed[key] = false
        list.add(key)
        return false
    }

    private mutating func evict() {
        var key = hand >= 0 ? hand : list.oldest
        while isUsed[key] {
            isUsed[key] = false
            key = list.next(after: key) >= 0 ? list.next(after: key) : list.oldest
        }
        hand = list.next(after: key)
        list.remove(key)
    }
}
