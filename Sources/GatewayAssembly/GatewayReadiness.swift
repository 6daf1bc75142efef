private import Delivery
internal import Egress
internal import InternalAPI
internal import Journal
internal import Messaging
private import Synchronization

/// Whether this gateway can serve, told to `/health/ready`.
final class GatewayReadiness: ReadinessReporting {
    private let draining = Atomic<Bool>(false)
    private let keys: KeysStatus
    private let journal: JournalStatus
    private let rules: SharedUpstreamRules
    private let callers: CallersStatus
    private let certificates: ListenerCertificates

    init(
        keys: KeysStatus,
        journal: JournalStatus,
        rules: SharedUpstreamRules,
        callers: CallersStatus,
        certificates: ListenerCertificates
    ) {
        (self.keys, self.journal, self.rules) = (keys, journal, rules)
        (self.callers, self.certificates) = (callers, certificates)
    }

    func beginDraining() {
        draining.store(true, ordering: .relaxed)
    }

    func readiness() -> Readiness {
        let isDraining = draining.load(ordering: .relaxed)
        let error = journal.error
        // Neither does this: callers that don't take the certificate come no nearer to an answer elsewhere.
        let tls = certificates.detail().map { [Readiness.Check(name: "tls", passes: true, detail: $0)] } ?? []
        let checks: [Readiness.Check] = [
            .init(
                name: "journal",
                passes: error == nil,
                detail: error.map { "no message is sent: \($0.kind.rawValue)" } ?? "the audit trail is written"
            ),
            .init(name: "keys", passes: !keys.apps.isEmpty, detail: keys.detail),
            .init(
                name: "accepting",
                passes: !isDraining,
                detail: isDraining ? "the gateway is stopping" : "new calls are taken"
            ),
            // These three never turn a gateway away from its callers: elsewhere it would be no better.
            .init(name: "divar", passes: true, detail: health),
            .init(name: "quota", passes: true, detail: quota),
            .init(name: "callers", passes: true, detail: callers.detail),
        ]
        return Readiness(checks: checks + tls)
    }

    private var health: String {
        switch rules.overloadStatus().breaker {
        case .closed: "calls go to Divar"
        case .open: "Divar has been failing; calls are held back"
        case .halfOpen: "Divar has been failing; a call tries whether it answers again"
        }
    }

    private var quota: String {
        let uses = rules.dayUse(of: keys.apps)
        guard !uses.isEmpty else { return "no app has a daily quota" }
        return uses.map { use in
            let percent = use.used * 100 / max(1, use.limit)
            let warning = percent >= 80 ? ", over four fifths" : ""
            return "\(use.app): \(use.used) of \(use.limit) calls of the last 24 hours used (\(percent) %\(warning))"
        }.joined(separator: "; ")
    }
}
