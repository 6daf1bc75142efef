internal import HTTPWire
private import NIOCore
private import NIOPosix
internal import Sandbox
private import Synchronization

/// A simulated Divar with its listener: one event loop, so that its world needs no lock.
final class SandboxHost: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let server: HTTPServer
    /// Where it listens, with the port that was really taken.
    let address: ListenAddress

    private init(group: MultiThreadedEventLoopGroup, server: HTTPServer, address: ListenAddress) {
        self.group = group
        self.server = server
        self.address = address
    }

    /// Listens. Throws where the address can't be taken.
    static func start(_ options: SandboxOptions, on address: ListenAddress) async throws -> SandboxHost {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pause = ListenerPause()
        var limits = ServerLimits()
        limits.bodyRead = .seconds(60)
        do {
            let server = try await HTTPServer(group: group, limits: limits) { loop in
                SandboxResponder(eventLoop: loop, options: options) { pause.begin(for: $0) }
            }
            let bound = try await server.listen(on: address)
            pause.attach(server: server, address: bound)
            return SandboxHost(group: group, server: server, address: bound)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    func stop() async throws {
        await server.stop(drain: .zero)
        try await group.shutdownGracefully()
    }
}
