import Delivery

/// How often things happened in the schedules: what never happens isn't tested.
struct OverloadTally {
    var went = 0
    var waited = 0
    var openings = 0
    var closings = 0
    var probes = 0
    var sendProbes = 0
    var repeats = 0
    var givenUp = 0
    var givenBack = 0
    var heldBack = 0
    var full = 0
    var tooLong = 0
    var shed = 0

    mutating func count(_ decision: GuardDecision) {
        switch decision {
        case .go: went += 1
        case .wait: waited += 1
        case .refuse(let refusal): count(refusal)
        }
    }

    mutating func count(_ notice: GuardNotice, isGivenUp: Bool) {
        if isGivenUp { givenBack += 1 }
        guard let refusal = notice.refusal else { return }
        count(refusal)
        if refusal.reason == .queueFull { shed += 1 }
    }

    private mutating func count(_ refusal: GuardRefusal) {
        switch refusal.reason {
        case .breakerOpen: heldBack += 1
        case .queueFull: full += 1
        case .waitedTooLong: tooLong += 1
        }
    }

    mutating func add(_ other: OverloadTally) {
        for path in OverloadTally.all { self[keyPath: path] += other[keyPath: path] }
    }

    var rarest: Int { OverloadTally.all.map { self[keyPath: $0] }.min() ?? 0 }

    private static var all: [WritableKeyPath<OverloadTally, Int>] {
        [
            \.went, \.waited, \.openings, \.closings, \.probes, \.sendProbes, \.repeats, \.givenUp, \.givenBack,
            \.heldBack, \.full, \.tooLong, \.shed,
        ]
    }
}
