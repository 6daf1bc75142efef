internal import Egress
internal import HTTPWire
internal import InternalAPI
internal import Logging
internal import NIOCore

/// What connects the gateway: its listeners, and its way to Divar.
extension Gateway {
    /// Nil where there is none: the way to Divar, and the one to the service that handles events.
    static func tls(of configuration: Configuration) throws -> (upstream: UpstreamTLS?, events: UpstreamTLS?) {
        let (upstream, events) = (configuration.upstream, configuration.events?.forward)
        return (
            upstream: upstream.baseURL.scheme == .https ? try UpstreamTLS(trustFile: upstream.trustFile) : nil,
            events: events?.origin.scheme == .https ? try UpstreamTLS(trustFile: nil) : nil
        )
    }

    static func listen(
        _ server: HTTPServer,
        on wanted: [Listener],
        _ certificates: ListenerCertificates,
        inherited: InheritedSockets
    ) async throws -> [Listener] {
        var listeners = wanted
        for (index, listener) in wanted.enumerated() {
            listeners[index].address = try await server.listen(
                on: listener.address, tls: certificates.tls(of: listener), inherited: inherited)
        }
        return listeners
    }

    /// Told of every call of one event loop's.
    static func observer(
        of configuration: Configuration,
        log: GatewayLog,
        loop: any EventLoop
    ) -> CallObserver {
        CallObserver(log: configuration.logsRequests ? log.requests(on: loop) : nil, live: log.live)
    }

    static func sweptCache(of configuration: Configuration, on group: any EventLoopGroup) -> SharedConversationCache {
        let cache = SharedConversationCache(settings: configuration.cache)
        _ = group.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in cache.sweep() }
        return cache
    }

    static func loopGuard(_ via: ViaPseudonym, logger: Logger) -> LoopGuard {
        LoopGuard(via: via) { peer in
            logger.error(
                "a request of the gateway's own came back: upstream.base_url leads to the gateway",
                metadata: ["peer": "\(peer)"]
            )
        }
    }

    static func upstreamPool(of configuration: Configuration, tls: UpstreamTLS?, loop: any EventLoop) -> UpstreamPool {
        let upstream = configuration.upstream
        return UpstreamPool(
            eventLoop: loop, origin: upstream.baseURL, tls: tls, egress: upstream.egressGuard, limits: upstream.limits
        )
    }
}
