internal import HTTPWire
internal import Logging
internal import Observability

extension GatewayProcess {
    /// The gateway, and its admin listeners where some are wanted. These come first: that a port is taken has to be
    /// found out before anything is sent.
    static func started(
        _ configuration: Configuration,
        inherited: InheritedSockets,
        registry: MetricsRegistry,
        environment: [String: String],
        log: GatewayLog,
        gateway start: () async throws -> Gateway
    ) async throws -> (gateway: Gateway, admin: AdminParts?) {
        let admin = try await started {
            try await AdminParts.start(configuration, inherited: inherited, registry: registry, log: log)
        }
        do {
            let gateway = try await started(start)
            registry.add(gateway.metrics)
            registry.add(gateway.reloadStatus)
            return (gateway, admin?.begin(gateway, configuration, environment: environment))
        } catch {
            try await admin?.stop()
            throw error
        }
    }

    static func announce(_ admin: AdminParts?, logger: Logger) {
        for listener in admin?.host.listeners ?? [] {
            logger.notice("admin listening", metadata: ["address": "\(listener.address)"])
            guard listener.exposesKeys else { continue }
            logger.warning(
                "operators' keys travel in clear to this address; give it tls",
                metadata: ["address": "\(listener.address)"])
        }
    }
}
