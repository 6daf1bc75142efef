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
    /// Nil where no tokens of users are kept.
    private let users: SharedUserTokens?
    private let reload: ReloadStatus

    init(
        keys: KeysStatus,
        journal: JournalStatus,
        rules: SharedUpstreamRules,
        callers: CallersStatus,
        certificates: ListenerCertificates,
        users: SharedUserTokens?,
        reload: ReloadStatus
    ) {
        self.reload = reload
        (self.keys, self.journal, self.rules) = (keys, journal, rules)
        (self.callers, self.certificates, self.users) = (callers, certificates, users)
    }

    func beginDraining() {
        draining.store(true, ordering: .relaxed)
    }

    func readiness() -> Readiness {
        let isDraining = draining.load(ordering: .relaxed)
        let error = journal.error
        let userChecks = users.map { users in
            [Readiness.Check(name: "users", passes: true, detail: GatewayReadiness.detail(of: users))]
        }
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
            // These never turn a gateway away from its callers: elsewhere it would be no better.
            .init(name: "divar", passes: true, detail: health),
            .init(name: "quota", passes: true, detail: quota),
            .init(name: "callers", passes: true, detail: callers.detail),
            .init(name: "configuration", passes: true, detail: reload.detail),
        ]
        return Readiness(checks: checks + tls + (userChecks ?? []))
    }

    /// Never turns a gateway away, either: its other calls are as good as ever.
    private static func detail(of users: SharedUserTokens) -> String {
        let count = users.count()
        var parts = ["tokens of \(count.kept) user(s) are kept"]
        if count.unsaved > 0 { parts.append("those of \(count.unsaved) in memory only") }
        if count.ended > 0 { parts.append("\(count.ended) have to consent again") }
        if users.unreadable > 0 { parts.append("\(users.unreadable) can not be opened") }
        return parts.joined(separator: ", ")
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
