internal import HTTPWire
internal import Observability

extension GatewayProcess {
    /// The gateway, and its admin listeners where some are wanted. These come first: that a port is taken has to be
    /// found out before anything is sent.
    static func started(
        _ configuration: Configuration,
        inherited: InheritedSockets,
        registry: MetricsRegistry,
        gateway start: () async throws -> Gateway
    ) async throws -> (gateway: Gateway, admin: AdminHost?) {
        var admin: AdminHost?
        if !configuration.adminListen.isEmpty {
            admin = try await started {
                try await AdminHost.start(
                    on: configuration.adminListen, inherited: inherited, registry: registry)
            }
        }
        do {
            let gateway = try await started(start)
            registry.add(gateway.metrics)
            registry.add(gateway.reloadStatus)
            return (gateway, admin)
        } catch {
            try await admin?.stop()
            throw error
        }
    }
}
