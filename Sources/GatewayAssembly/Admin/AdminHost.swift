private import AdminPlane
internal import HTTPWire
private import NIOCore
private import NIOPosix
internal import Observability

/// The running admin listeners, on a thread of their own: who looks must not hold up who sends.
struct AdminHost: Sendable {
    /// Where it listens, with the ports that were really taken.
    let addresses: [ListenAddress]

    private let server: HTTPServer
    private let group: MultiThreadedEventLoopGroup

    private static let connections = 64

    /// Throws where an address can't be taken.
    static func start(
        on wanted: [ListenAddress],
        inherited: InheritedSockets,
        registry: MetricsRegistry
    ) async throws -> AdminHost {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var limits = ServerLimits()
        limits.connections = connections
        let server = try await HTTPServer(group: group, limits: limits) { _ in
            AdminResponder { (PrometheusText.text(of: registry.collect()), PrometheusText.contentType) }
        }
        do {
            var addresses: [ListenAddress] = []
            for address in wanted {
                addresses.append(try await server.listen(on: address, inherited: inherited))
            }
            return AdminHost(addresses: addresses, server: server, group: group)
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
