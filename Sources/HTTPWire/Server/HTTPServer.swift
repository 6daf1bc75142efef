private import Glibc
package import NIOCore
package import NIOPosix
private import Synchronization

/// An HTTP/1.1 server over any number of listeners, with one responder an event loop.
///
/// Starting, stopping and pausing may be asked from anywhere; requests are handled on the loops.
package final class HTTPServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let limits: ServerLimits
    private let loops: [ObjectIdentifier: NIOLoopBound<ServerLoop>]
    private let counter: ConnectionCounter
    private let listeners = Mutex<[(address: ListenAddress, channel: any Channel, isOwn: Bool)]>([])

    /// Prepares every loop; nothing listens yet.
    package init(
        group: MultiThreadedEventLoopGroup,
        limits: ServerLimits,
        makeResponder: @escaping @Sendable (any EventLoop) -> any HTTPResponder
    ) async throws {
        let counter = ConnectionCounter()
        var loops: [ObjectIdentifier: NIOLoopBound<ServerLoop>] = [:]
        for loop in group.makeIterator() {
            loops[ObjectIdentifier(loop)] = try await loop.submit {
                let shared = ServerLoop(responder: makeResponder(loop), limits: limits, counter: counter)
                return NIOLoopBound(shared, eventLoop: loop)
            }.get()
        }
        self.group = group
        self.limits = limits
        self.loops = loops
        self.counter = counter
    }

    /// Listens, and gives the address with the port that was really taken.
    ///
    /// - Parameters:
    ///   - tls: only for a TCP address.
    ///   - inherited: where one of these listens there already, it is used.
    package func listen(
        on address: ListenAddress,
        tls: ListenerTLS? = nil,
        inherited: InheritedSockets? = nil
    ) async throws -> ListenAddress {
        do {
            if let descriptor = inherited?.take(address) {
                let channel = try await bootstrap(tls: tls).withBoundSocket(descriptor).get()
                listeners.withLock { $0.append((address, channel, false)) }
                return address
            }
            return try await bind(to: address, tls: tls)
        } catch let error as IOError {
            let reason = unsafe String(cString: strerror(error.errnoCode))
            throw ListenError.failed(address, reason: reason)
        }
    }

    private func bind(to address: ListenAddress, tls: ListenerTLS?) async throws -> ListenAddress {
        let channel: any Channel
        let bound: ListenAddress
        switch address {
        case .tcp(let host, let port):
            channel = try await bootstrap(tls: tls).bind(host: host, port: port).get()
            bound = .tcp(host: host, port: channel.localAddress?.port ?? port)
        case .unix(let path):
            guard await !isAnswering(path) else { throw ListenError.inUse(address) }
            channel = try await bootstrap(tls: nil).bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
                .get()
            bound = address
        }
        listeners.withLock { $0.append((bound, channel, true)) }
        return bound
    }

    /// Whether somebody listens behind a socket file. One that nobody answers on was left behind, and is replaced.
    private func isAnswering(_ path: String) async -> Bool {
        guard let channel = try? await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get() else {
            return false
        }
        channel.close(promise: nil)
        return true
    }

    package var connectionCount: Int { counter.current }

    /// Between loops an accepted connection goes from the listener's to its own, back, and to its own again. A listener
    /// that is closed in the meantime resets it, with the request that it may have brought.
    private static let turnsOfAccepting = 3

    /// Closes the listeners; open connections stay.
    package func stopListening() async {
        let closing = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for (_, channel, _) in closing { try? await channel.setOption(.autoRead, value: false).get() }
        for _ in 0..<HTTPServer.turnsOfAccepting { await onEachLoop { _ in } }
        for (address, channel, isOwn) in closing {
            // A listener that is closed already is what was asked for.
            try? await channel.close().get()
            // The file outlives its socket; whoever connects to it should hear that nobody is there. Somebody still
            // listens behind one that was inherited.
            if isOwn, case .unix(let path) = address { _ = unsafe unlink(path) }
        }
    }

    /// Closes the listeners and every idle connection, waits for the busy ones, and cuts off those that take too long.
    package func stop(drain: Duration) async {
        await stopListening()
        await onEachLoop { $0.drain() }
        let end = ContinuousClock.now + drain
        while counter.current > 0, ContinuousClock.now < end {
            // Cancellation only means to wait less.
            try? await Task.sleep(for: .milliseconds(5))
        }
        await onEachLoop { $0.abort() }
    }

    /// For simulations: closes connections that nobody waits on.
    package func closeIdleConnections() async {
        await onEachLoop { $0.closeIdle() }
    }

    private func onEachLoop(_ action: @escaping @Sendable (ServerLoop) -> Void) async {
        for loop in loops.values {
            // A loop that has ended has no connections left.
            try? await loop.eventLoop.submit { action(loop.value) }.get()
        }
    }

    private func bootstrap(tls: ListenerTLS?) -> ServerBootstrap {
        let loops = loops
        let limits = limits
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.eof }
                    let connection = ServerConnection(services: loop.value)
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addServerTLS(tls, handshake: limits.headerRead) }
                    try pipeline.addHandler(connection)
                }
            }
    }
}
