internal import AdminPlane
internal import HTTPWire
internal import Observability
internal import ServiceLifecycle

/// The admin plane of a process: its listeners, and what stands behind them.
struct AdminParts: Sendable {
    let host: AdminHost
    let desk: AdminDesk
    let keys: AdminKeyBook
    private let trail: TrailDesk?
    private let history: TrafficHistory
    private let registry: MetricsRegistry

    /// Nil where nobody is to look.
    static func start(
        _ configuration: Configuration,
        inherited: InheritedSockets,
        registry: MetricsRegistry,
        log: GatewayLog
    ) async throws -> AdminParts? {
        guard !configuration.admin.listeners.isEmpty else { return nil }
        let desk = AdminDesk(registry: registry, log: log)
        let keys = AdminKeyBook(configuration.admin.keys)
        let history = TrafficHistory(bounds: CallMetrics.bounds)
        let host = try await AdminHost.start(
            configuration.admin, keys: keys, desk: desk, history: history, live: log.live, inherited: inherited,
            logger: log.logger)
        return AdminParts(host: host, desk: desk, keys: keys, trail: nil, history: history, registry: registry)
    }

    /// From now on there is something to be seen.
    func begin(_ gateway: Gateway, _ configuration: Configuration, environment: [String: String]) -> AdminParts {
        let trail = TrailDesk(path: gateway.journal.path) {
            try AuditKeys.masterKeys(of: configuration, environment: environment)
        }
        desk.begin(AdminDesk.Subject(gateway: gateway, trail: trail))
        return AdminParts(host: host, desk: desk, keys: keys, trail: trail, history: history, registry: registry)
    }

    /// The listeners first, and so stopped last: they are there until the gateway has stopped.
    var services: [any Service] {
        [
            AdminService(host: host, trail: trail), CertificateWatchService(certificates: host.certificates),
            TrafficService(registry: registry, history: history),
        ]
    }

    func stop() async throws {
        try await host.stop()
    }
}
