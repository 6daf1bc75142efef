import Delivery
import SeededCases

/// A simulated Divar that is in trouble of one kind or another for a while, and well before and after.
struct BrowningDivar {
    enum Trouble: CaseIterable {
        /// Answers take many times as long.
        case slow
        /// Most calls get 503.
        case busy
        /// Most calls get 500, or are cut.
        case failing
        /// Connections are refused.
        case refusing
        /// Nothing comes back at all.
        case silent
        /// Each call fares in another way, and some well.
        case mixed
    }

    struct Phase {
        let trouble: Trouble
        let time: Range<Int64>
    }

    /// How a call will end.
    struct Fate {
        var end: Int64
        var signal: GuardSignal
        /// Whether Divar works at it until then.
        var isServed = false
    }

    let phases: [Phase]
    let latency: Int64
    /// Calls beyond these get 503.
    let capacity: Int

    /// When it is well for good.
    var wellSince: Int64 { phases.map(\.time.upperBound).max() ?? 0 }

    func fate(of deadline: Int64, served: Int, now: Int64, _ random: inout SplitMix64) -> Fate {
        let trouble = phases.first { $0.time.contains(now) }?.trouble
        var fate = fate(in: trouble, served: served, now: now, &random)
        if fate.end >= deadline { (fate.end, fate.signal) = (deadline, .overloaded) }
        // Some callers leave before they are answered.
        if random.chance(1, in: 40) { (fate.end, fate.signal) = (now + (fate.end - now) / 2, .unused) }
        return fate
    }

    private func fate(in trouble: Trouble?, served: Int, now: Int64, _ random: inout SplitMix64) -> Fate {
        let soon = now + 1000 + Int64(random.below(5000))
        let answered = now + latency / 2 + Int64(random.below(Int(latency)))
        switch trouble {
        case nil where served >= capacity: return Fate(end: soon, signal: .overloaded)
        case nil: return Fate(end: answered, signal: .fine, isServed: true)
        case .slow: return Fate(end: now + (answered - now) * Int64(2 + random.below(30)), signal: .fine)
        case .busy: return Fate(end: soon, signal: random.chance(1, in: 8) ? .fine : .overloaded)
        case .failing: return Fate(end: answered, signal: random.chance(1, in: 8) ? .fine : .failed)
        case .refusing: return Fate(end: soon, signal: .unreachable)
        case .silent: return Fate(end: .max, signal: .overloaded)
        case .mixed:
            let some = random.element(of: Trouble.allCases.filter { $0 != .mixed })
            return fate(in: random.chance(1, in: 4) ? nil : some, served: served, now: now, &random)
        }
    }
}
