internal import InternalAPI
private import Synchronization

/// Whether this gateway can serve, told to `/health/ready`.
final class GatewayReadiness: ReadinessReporting {
    private let draining = Atomic<Bool>(false)
    private let apps: Int

    /// - Parameter apps: how many apps have their keys.
    init(apps: Int) {
        self.apps = apps
    }

    func beginDraining() {
        draining.store(true, ordering: .relaxed)
    }

    func readiness() -> Readiness {
        let isDraining = draining.load(ordering: .relaxed)
        return Readiness(checks: [
            .init(name: "keys", passes: apps > 0, detail: "\(apps) app(s) have a key"),
            .init(
                name: "accepting",
                passes: !isDraining,
                detail: isDraining ? "the gateway is stopping" : "new calls are taken"
            ),
        ])
    }
}
