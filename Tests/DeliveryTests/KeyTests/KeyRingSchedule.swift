import Delivery
import SeededCases

/// Days of an app's keys at a Divar that revokes them, gives them rights and takes them away, while operators put new
/// ones into their places and calls overlap. Finds faults; `KeyRingScheduleTests` runs it.
struct KeyRingSchedule {
    private static let permissions = ["SEND", "READ"]
    private static let second: Int64 = 1_000_000

    /// A call that has its order and comes back later.
    private struct Call {
        let permission: String
        let order: [KeyID]
        let begun: Int64
    }

    private var random: SplitMix64
    private var ring: KeyRing
    private var now: Int64
    private var lastNumber: Int
    private let places: Int
    /// What every place's keys are configured for; nil for everything.
    private let configured: [Set<String>?]
    /// What Divar lets each key do; a key that isn't here is none.
    private var rights: [KeyID: Set<String>] = [:]
    private var underWay: [Call] = []
    /// Keys that no call or probe was ever answered with.
    private var unproved: Set<KeyID> = []
    private(set) var faults: [String] = []
    private(set) var counts: [String: Int] = [:]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        now = Int64(random.below(1_000_000))
        places = 1 + random.below(4)
        var configured: [Set<String>?] = []
        for _ in 0..<places { configured.append(random.chance(2, in: 3) ? nil : ["SEND"]) }
        self.configured = configured
        ring = KeyRing(configured.enumerated().map { (KeyID(number: $0.offset), $0.element) })
        lastNumber = places - 1
        for number in 0..<places { rights[KeyID(number: number)] = ["SEND", "READ"] }
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps where faults.isEmpty {
            now += Int64(random.below(random.chance(1, in: 8) ? 900_000_000 : 4_000_000))
            switch random.below(12) {
            case 0: changeRights()
            case 1: replace()
            case 2: ring.withdraw(at: random.below(places))
            case 3, 4: probe()
            default: call()
            }
        }
    }

    // MARK: Divar and operators

    private mutating func changeRights() {
        let key = random.element(of: ring.keys.sorted { $0.number < $1.number })
        switch random.below(4) {
        case 0: rights[key] = nil
        case 1: rights[key] = [random.element(of: KeyRingSchedule.permissions)]
        default: rights[key] = Set(KeyRingSchedule.permissions)
        }
    }

    private mutating func replace() {
        lastNumber += 1
        let (key, place) = (KeyID(number: lastNumber), random.below(places))
        if random.chance(3, in: 4) { rights[key] = Set(KeyRingSchedule.permissions) }
        let before = ring.trusted(at: place)
        ring.offer(key, permissions: configured[place], at: place, now: now)
        unproved.insert(key)
        if ring.trusted(at: place) != before { fault("a place lost its key to a new one that nobody tried") }
        count("offered")
    }

    private mutating func probe() {
        for key in ring.dueProbes(now: now) where random.chance(4, in: 5) {
            let result: KeyProbeResult = random.chance(1, in: 6) ? .undecided : isKnown(key) ? .accepted : .refused
            if result == .accepted { unproved.remove(key) }
            look(at: ring.probed(key, result, now: now))
        }
    }

    // MARK: Calls

    private mutating func call() {
        let permission = random.element(of: KeyRingSchedule.permissions)
        let order = ring.order(for: permission, now: now)
        check(order, for: permission)
        let call = Call(permission: permission, order: order, begun: now)
        guard random.chance(1, in: 4) else { return finish(call) }
        underWay.append(call)
        if underWay.count > 3 { finish(underWay.remove(at: random.below(underWay.count))) }
    }

    private func isKnown(_ key: KeyID) -> Bool { rights[key] != nil }

    private func takes(_ key: KeyID, _ permission: String) -> Bool { rights[key]?.contains(permission) ?? false }

    /// Tries one key after the other, as a call does.
    private mutating func finish(_ call: Call) {
        for key in call.order {
            if takes(key, call.permission) {
                unproved.remove(key)
                look(at: ring.learn(.accepted(key), permission: call.permission, now: now))
                return count("taken")
            }
            look(at: ring.learn(.refused(key, isKnown: isKnown(key)), permission: call.permission, now: now))
        }
        count("refused by all")
        // Whatever happened on the way: who asks now gets every key there is.
        let good = ring.keys.filter { takes($0, call.permission) && call.begun == now }
        if let key = good.first(where: { isConfigured($0, for: call.permission) }) {
            fault("a call failed though key \(key.number) was there")
        }
    }

    private func isConfigured(_ key: KeyID, for permission: String) -> Bool {
        (0..<places).contains { place in
            (ring.trusted(at: place) == key || ring.candidate(at: place) == key)
                && (configured[place]?.contains(permission) ?? true)
        }
    }

    private mutating func check(_ order: [KeyID], for permission: String) {
        let all = ring.keys.filter { isConfigured($0, for: permission) }
        if Set(order) != all || order.count != all.count { fault("\(order.count) keys for a call, not \(all.count)") }
        // One that nobody tried never comes before one that was never refused.
        let standings = Dictionary(uniqueKeysWithValues: ring.standings.map { ($0.key, $0.kind) })
        let isAnyTrusted = order.contains { standings[$0] == .trusted }
        if isAnyTrusted, let first = order.first, standings[first] == .candidate {
            fault("key \(first.number) is first, and nobody has tried it")
        }
    }

    private mutating func look(at change: KeyChange?) {
        switch change {
        case .trusted(let key, let old):
            if unproved.contains(key) { fault("key \(key.number) is trusted and was never taken") }
            if let old, ring.keys.contains(old) { fault("key \(old.number) is still there") }
            count("rotated")
        case .refused: count("put behind")
        case .back: count("back")
        case .rejected: count("rejected")
        case nil: break
        }
        if ring.keys.count < places { fault("a place has no key") }
    }

    private mutating func fault(_ text: String) { faults.append("at \(now / KeyRingSchedule.second) s: \(text)") }

    private mutating func count(_ what: String) { counts[what, default: 0] += 1 }
}
