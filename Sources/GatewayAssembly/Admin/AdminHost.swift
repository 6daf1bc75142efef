internal import AdminPlane
internal import HTTPWire
internal import Logging
private import NIOCore
private import NIOPosix

/// The running admin listeners, on a thread of their own: who looks must not hold up who sends.
struct AdminHost: Sendable {
    /// Where it listens, with the ports that were really taken.
    let listeners: [Listener]
    let certificates: ListenerCertificates

    private let server: HTTPServer
    private let group: MultiThreadedEventLoopGroup

    private static let connections = 64

    /// Throws where an address can't be taken or a certificate can't be read.
    static func start(
        _ settings: AdminSettings,
        keys: AdminKeyBook,
        desk: AdminDesk,
        history: TrafficHistory,
        live: LiveCalls,
        inherited: InheritedSockets,
        logger: Logger
    ) async throws -> AdminHost {
        let certificates = try ListenerCertificates(settings.listeners, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var limits = ServerLimits()
        limits.connections = connections
        let isSecure = settings.listeners.allSatisfy { $0.tls != nil }
        let server = try await HTTPServer(group: group, limits: limits) { loop in
            AdminResponder(
                subject: desk, keys: keys, history: history, live: live, isSecure: isSecure, eventLoop: loop)
        }
        do {
            let listeners = try await Gateway.listen(
                server, on: settings.listeners, certificates, inherited: inherited)
            return AdminHost(listeners: listeners, certificates: certificates, server: server, group: group)
        } catch {
            await server.stop(drain: .zero)
            try await group.shutdownGracefully()
            throw error
        }
    }

    func stop() async throws {
        await server.stop(drain: .zero)
        try await group.shutdownGracefully()
    }
}
