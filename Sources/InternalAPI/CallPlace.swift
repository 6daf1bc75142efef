internal import Messaging

/// A call's place among those of its caller: given back once, at the answer, or when nothing is left that could answer.
/// Confined to one event loop.
final class CallPlace {
    private var meter: (any CallMetering)?

    private init(_ meter: any CallMetering) {
        self.meter = meter
    }

    /// - Parameter meter: nil where the caller has no limits of its own.
    static func taken(from meter: (any CallMetering)?) throws(Problem) -> CallPlace? {
        guard let meter else { return nil }
        try meter.begin()
        return CallPlace(meter)
    }

    func giveBack() {
        meter?.end()
        meter = nil
    }

    deinit {
        giveBack()
    }
}
