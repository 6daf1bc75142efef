import Delivery

/// A guard with a clock of its own, which calls ask one after the other.
struct GuardRig {
    static let second: Int64 = 1_000_000

    var machine: UpstreamGuard
    var now: Int64 = 1000 * GuardRig.second
    private var lastNumber: UInt64 = 0

    init(_ change: (inout OverloadSettings) -> Void = { _ in }) {
        var settings = OverloadSettings()
        change(&settings)
        machine = UpstreamGuard(settings: settings)
    }

    mutating func ask(
        _ purpose: GuardPurpose = .read,
        within time: Int64 = 10 * GuardRig.second
    ) -> (ticket: GuardTicket, decision: GuardDecision) {
        lastNumber += 1
        let ticket = GuardTicket(loop: 0, number: lastNumber)
        return (ticket, machine.ask(ticket, for: purpose, deadline: now + time, now: now))
    }

    /// So many calls ask.
    ///
    /// - Returns: the tickets of those that were told so.
    mutating func ask(
        _ count: Int,
        _ purpose: GuardPurpose = .read,
        told decision: GuardDecision
    ) -> [GuardTicket] {
        (0..<count).compactMap { _ in
            let asked = ask(purpose)
            return asked.decision == decision ? asked.ticket : nil
        }
    }

    mutating func end(_ ticket: GuardTicket, _ signal: GuardSignal) -> [GuardNotice] {
        machine.ended(signal, ticket: ticket, now: now)
    }

    mutating func pass(_ time: Int64) -> [GuardNotice] {
        now += time
        return machine.advance(now: now)
    }

    /// One call after the other fails until the breaker opens.
    mutating func fail() {
        while machine.status.breaker == .closed {
            _ = end(ask().ticket, .failed)
        }
    }
}

extension GuardDecision {
    var refusal: GuardRefusal? {
        if case .refuse(let refusal) = self { refusal } else { nil }
    }
}

extension GuardNotice {
    var refusal: GuardRefusal? {
        if case .refuse(let refusal) = decision { refusal } else { nil }
    }
}
