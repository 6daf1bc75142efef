private import Messaging
package import NIOCore
private import NIOHTTP1
private import NIOPosix
private import NIOSSL

/// Keeps connections to one origin and lends them to calls. Confined to one event loop, and so free of locks.
///
/// Every call ends: with an answer, or with a failure that says whether the request may have left.
package final class UpstreamPool {
    package typealias Completion = (Result<UpstreamResponse, UpstreamFailure>) -> Void

    /// A call from its start to its completion.
    private final class PendingCall {
        let request: UpstreamRequest
        var completion: Completion?
        var timer: Scheduled<Void>?
        var connection: UpstreamConnection?

        init(request: UpstreamRequest, completion: @escaping Completion) {
            self.request = request
            self.completion = completion
        }

        func finish(_ result: Result<UpstreamResponse, UpstreamFailure>) {
            timer?.cancel()
            timer = nil
            connection = nil
            let completion = completion
            self.completion = nil
            completion?(result)
        }
    }

    private let eventLoop: any EventLoop
    private let origin: Origin
    private let tls: UpstreamTLS?
    private let egress: EgressGuard?
    private let limits: UpstreamLimits
    private var state: PoolState<ObjectIdentifier, ObjectIdentifier>
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    private var waiting: [ObjectIdentifier: PendingCall] = [:]
    private var sweep: Scheduled<Void>?
    private var isShutDown = false

    /// - Parameters:
    ///   - tls: needed exactly for an origin of scheme https.
    ///   - egress: nil where the host may lead anywhere.
    package init(
        eventLoop: any EventLoop,
        origin: Origin,
        tls: UpstreamTLS?,
        egress: EgressGuard?,
        limits: UpstreamLimits
    ) {
        precondition((tls != nil) == (origin.scheme == .https), "TLS goes with https, and only with it.")
        self.eventLoop = eventLoop
        self.origin = origin
        self.tls = tls
        self.egress = egress
        self.limits = limits
        state = PoolState(maximumConnections: limits.connectionsPerLoop, maximumWaiters: limits.waitersPerLoop)
    }

    package var openConnections: Int { state.open }

    /// Sends a request. The completion is called once, on the loop, at the deadline at the latest.
    ///
    /// - Returns: gives the call up; then the completion isn't called any more. Whatever of the request has left may
    ///   have been acted on.
    @discardableResult
    package func execute(
        _ request: UpstreamRequest,
        deadline: NIODeadline,
        completion: @escaping Completion
    ) -> () -> Void {
        eventLoop.preconditionInEventLoop()
        guard !isShutDown else {
            completion(.failure(UpstreamFailure(.noConnectionFree, requestStarted: false)))
            return {}
        }
        guard deadline > .now() else {
            completion(.failure(UpstreamFailure(.deadline, requestStarted: false)))
            return {}
        }
        let call = PendingCall(request: request, completion: completion)
        call.timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlinePassed(call) }
        place(call)
        return { [weak self, weak call] in
            guard let call, call.completion != nil else { return }
            call.completion = nil
            self?.deadlinePassed(call)
        }
    }

    /// Closes what is idle and takes no further calls; calls under way go on.
    package func shutDown() {
        isShutDown = true
        sweep?.cancel()
        for identifier in state.expire(idleSince: .distantFuture) { connections[identifier]?.close() }
    }

    private func place(_ call: PendingCall) {
        switch state.acquire(for: ObjectIdentifier(call)) {
        case .use(let identifier):
            guard let connection = connections[identifier], connection.isUsable else {
                // The other side closed it and the news has not come through: there may be others.
                forget(identifier)
                place(call)
                return
            }
            run(call, on: connection)
        case .wait(let connect):
            waiting[ObjectIdentifier(call)] = call
            if connect { self.connect() }
        case .refuse:
            call.finish(.failure(UpstreamFailure(.noConnectionFree, requestStarted: false)))
        }
    }

    private func run(_ call: PendingCall, on connection: UpstreamConnection) {
        call.connection = connection
        connection.execute(call.request, authority: origin.authority) { call.finish($0) }
    }

    private func deadlinePassed(_ call: PendingCall) {
        let identifier = ObjectIdentifier(call)
        if state.abandon(identifier) {
            waiting[identifier] = nil
            call.finish(.failure(UpstreamFailure(.deadline, requestStarted: false)))
        } else {
            call.connection?.abort(.deadline)
        }
    }

    // MARK: Connections

    private func handle(_ event: UpstreamConnection.Event, of connection: UpstreamConnection) {
        let identifier = ObjectIdentifier(connection)
        switch event {
        case .ready:
            connections[identifier] = connection
            use(state.connected(identifier, at: .now()), of: connection)
        case .free:
            use(state.released(identifier, at: .now()), of: connection)
        case .failed(let reason):
            connectFailed(reason)
        case .closed:
            if connections[identifier] != nil { forget(identifier) }
        }
    }

    private func use(
        _ release: PoolState<ObjectIdentifier, ObjectIdentifier>.Release, of connection: UpstreamConnection
    ) {
        switch release {
        case .serve(let identifier):
            guard let call = waiting.removeValue(forKey: identifier) else { return }
            run(call, on: connection)
        case .park:
            if isShutDown {
                shutDown()
            } else {
                scheduleSweep()
            }
        }
    }

    private func connectFailed(_ reason: UpstreamFailure.Reason) {
        let (heard, connect) = state.connectFailed()
        if connect { self.connect() }
        guard let heard, let call = waiting.removeValue(forKey: heard) else { return }
        call.finish(.failure(UpstreamFailure(reason, requestStarted: false)))
    }

    private func forget(_ identifier: ObjectIdentifier) {
        connections[identifier] = nil
        if state.closed(identifier) { connect() }
    }

    private func scheduleSweep() {
        guard sweep == nil else { return }
        sweep = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(limits.idle.nanoseconds / 4)) {
            self.sweep = nil
            self.closeOldConnections()
        }
    }

    private func closeOldConnections() {
        for identifier in state.expire(idleSince: .now() - limits.idle) {
            connections[identifier]?.close()
        }
        if state.hasIdle { scheduleSweep() }
    }

    private func connect() {
        let usesTLS = tls != nil
        let answerLimit = limits.answerBytes
        let origin = origin
        let tls = tls
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(limits.connect)
            .resolver(egress.map { GuardedResolver($0, eventLoop: eventLoop) })
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(UpstreamPool.tlsHandler(tls, host: origin.host))
                    }
                    let connection = UpstreamConnection(
                        usesTLS: usesTLS,
                        host: origin.host,
                        answerLimit: answerLimit
                    )
                    let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(UnaskedByteGuard(connection: connection))
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(connection)
                }
            }
        let started = NIODeadline.now()
        bootstrap.connect(host: origin.host, port: origin.port).assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error): self.connectFailed(UpstreamPool.reason(of: error))
            case .success(let channel): self.adopt(channel, connectStarted: started)
            }
        }
    }

    private func adopt(_ channel: any Channel, connectStarted: NIODeadline) {
        guard let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) else {
            // The channel closed before it could be looked at, and took its handlers along.
            connectFailed(.connect)
            return
        }
        let timer = eventLoop.assumeIsolated().scheduleTask(deadline: connectStarted + limits.connect) {
            channel.close(promise: nil)
        }
        connection.onEvent = { connection, event in
            timer.cancel()
            self.handle(event, of: connection)
        }
        if connection.isUsable {
            timer.cancel()
            handle(.ready, of: connection)
        } else if connection.isClosed {
            // It was accepted and closed before anybody listened to it.
            timer.cancel()
            connectFailed(.connect)
        }
    }

    /// A host name is announced and verified; an address is verified as an address (RFC 6066 section 3 allows no
    /// address in the announcement).
    private static func tlsHandler(_ tls: UpstreamTLS, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls.context, serverHostname: isAddress ? nil : host)
    }

    private static func reason(of error: any Error) -> UpstreamFailure.Reason {
        guard let error = error as? NIOConnectionError else { return error is NIOSSLError ? .tls : .connect }
        if error.connectionErrors.isEmpty, let refused = error.refusedAddress { return .addressRefused(refused) }
        let lookedUp = error.connectionErrors.isEmpty && (error.dnsAError != nil || error.dnsAAAAError != nil)
        return lookedUp ? .nameLookup : .connect
    }
}

extension NIOConnectionError {
    fileprivate var refusedAddress: RefusedAddress? {
        dnsAError as? RefusedAddress ?? dnsAAAAError as? RefusedAddress
    }
}
