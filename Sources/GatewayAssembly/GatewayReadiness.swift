internal import InternalAPI
internal import Journal
private import Synchronization

/// Whether this gateway can serve, told to `/health/ready`.
final class GatewayReadiness: ReadinessReporting {
    private let draining = Atomic<Bool>(false)
    private let apps: Int
    private let journal: JournalStatus

    /// - Parameter apps: how many apps have their keys.
    init(apps: Int, journal: JournalStatus) {
        self.apps = apps
        self.journal = journal
    }

    func beginDraining() {
        draining.store(true, ordering: .relaxed)
    }

    func readiness() -> Readiness {
        let isDraining = draining.load(ordering: .relaxed)
        let error = journal.error
        return Readiness(checks: [
            .init(
                name: "journal",
                passes: error == nil,
                detail: error.map { "no message is sent: \($0.kind.rawValue)" } ?? "the audit trail is written"
            ),
            .init(name: "keys", passes: apps > 0, detail: "\(apps) app(s) have a key"),
            .init(
                name: "accepting",
                passes: !isDraining,
                detail: isDraining ? "the gateway is stopping" : "new calls are taken"
            ),
        ])
    }
}
