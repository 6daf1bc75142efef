/// A first-in, first-out list of a trace's keys, from which any can be taken out at once.
struct KeyList {
    private(set) var count = 0
    private(set) var bytes = 0
    private(set) var oldest = -1
    private var newest = -1
    private var newer: [Int]
    private var older: [Int]
    private var members: [Bool]
    private let costs: [Int]

    /// - Parameter costs: what each key's entry counts for.
    init(costs: [Int]) {
        self.costs = costs
        newer = Array(repeating: -1, count: costs.count)
        older = newer
        members = Array(repeating: false, count: costs.count)
    }

    func contains(_ key: Int) -> Bool { members[key] }

    func cost(of key: Int) -> Int { costs[key] }

    /// The next one towards the newest; -1 where there is none.
    func next(after key: Int) -> Int { newer[key] }

    mutating func add(_ key: Int) {
        members[key] = true
        (older[key], newer[key]) = (newest, -1)
        if newest >= 0 { newer[newest] = key } else { oldest = key }
        newest = key
        count += 1
        bytes += costs[key]
    }

    mutating func remove(_ key: Int) {
        members[key] = false
        if newer[key] >= 0 { older[newer[key]] = older[key] } else { newest = older[key] }
        if older[key] >= 0 { newer[older[key]] = newer[key] } else { oldest = newer[key] }
        count -= 1
        bytes -= costs[key]
    }

    mutating func renew(_ key: Int) {
        remove(key)
        add(key)
    }
}
