/// First in, first out.
struct FIFOPolicy: EvictionPolicy {
    private let maximumBytes: Int
    private var list: KeyList

    init(_ setting: PolicySetting) {
        maximumBytes = setting.maximumBytes
        list = KeyList(costs: setting.costs)
    }

    mutating func request(_ key: Int) -> Bool {
        if list.contains(key) { return true }
        list.add(key)
        while list.bytes > maximumBytes { list.remove(list.oldest) }
        return false
    }
}
