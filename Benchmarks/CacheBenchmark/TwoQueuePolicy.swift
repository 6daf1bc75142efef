/// 2Q (Johnson and Shasha, VLDB 1994) with the shares that its paper names: a quarter for what is new, and keys
/// remembered for half of the cache.
struct TwoQueuePolicy: EvictionPolicy {
    private let maximumBytes: Int
    private var new: KeyList
    private var remembered: KeyList
    private var main: KeyList

    init(_ setting: PolicySetting) {
        maximumBytes = setting.maximumBytes
        new = KeyList(costs: setting.costs)
        remembered = new
        main = new
    }

    mutating func request(_ key: Int) -> Bool {
        if new.contains(key) { return true }
        if main.contains(key) {
            main.renew(key)
            return true
        }
        if remembered.contains(key) {
            remembered.remove(key)
            main.add(key)
        } else {
            new.add(key)
        }
        while new.bytes + main.bytes > maximumBytes { evict() }
        return false
    }

    private mutating func evict() {
        guard new.bytes * 4 > maximumBytes || main.count == 0 else { return main.remove(main.oldest) }
        let key = new.oldest
        new.remove(key)
        remembered.add(key)
        while remembered.bytes * 2 > maximumBytes { remembered.remove(remembered.oldest) }
    }
}
