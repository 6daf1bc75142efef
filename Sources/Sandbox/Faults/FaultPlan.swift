internal import StrictJSON

/// The faults that wait for requests, in the order in which they were added.
struct FaultPlan: Sendable {
    private struct Entry {
        let id: Int
        let fault: Fault
        var remaining: Int?
        var hits = 0
    }

    private var entries: [Entry] = []
    private var nextID = 1
    /// Its numbers depend on nothing but the seed and the requests that a fault was open for.
    private var generator: SplitMix64

    init(_ faults: [Fault], seed: UInt64) {
        generator = SplitMix64(seed: seed)
        for fault in faults { add(fault) }
    }

    var count: Int { entries.count }

    /// Gives the fault's number.
    @discardableResult
    mutating func add(_ fault: Fault) -> Int {
        defer { nextID += 1 }
        entries.append(Entry(id: nextID, fault: fault, remaining: fault.times))
        return nextID
    }

    mutating func removeAll() {
        entries = []
    }

    /// False where there is no such fault.
    mutating func remove(id: Int) -> Bool {
        let count = entries.count
        entries.removeAll { $0.id == id }
        return entries.count < count
    }

    /// The faults that hit a request: the first latency and the first fault of its answer that match it and happen.
    mutating func strike(_ endpoint: String?) -> FaultHit {
        var hit = FaultHit()
        for index in entries.indices where entries[index].fault.matches(endpoint) {
            let fault = entries[index].fault
            switch fault.effect {
            case .latency(let milliseconds):
                guard hit.latency == nil, generator.happens(fault.probability) else { continue }
                hit.latency = FaultHit.Latency(milliseconds: milliseconds, moment: fault.moment)
            case .answer(let answer):
                guard hit.answer == nil, generator.happens(fault.probability) else { continue }
                hit.answer = FaultHit.Answer(fault: answer, moment: fault.moment)
            }
            hit.names.append(fault.effect.kind.rawValue)
            entries[index].hits += 1
            entries[index].remaining = entries[index].remaining.map { $0 - 1 }
        }
        entries.removeAll { $0.remaining == 0 }
        return hit
    }

    var json: JSONValue {
        .array(
            entries.map { entry in
                var members = [JSONMember("id", .number(String(entry.id)))] + entry.fault.json
                if let remaining = entry.remaining { members.append(JSONMember("times", .number(String(remaining)))) }
                members.append(JSONMember("hits", .number(String(entry.hits))))
                return .object(members)
            }
        )
    }
}
