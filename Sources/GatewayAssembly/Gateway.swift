private import Custody
private import Delivery
internal import Egress
private import FoundationEssentials
internal import HTTPWire
private import InternalAPI
internal import Journal
private import Logging
private import Messaging
private import NIOCore
private import NIOPosix
private import Observability

/// The running gateway: the object graph, from the listeners down to the connections to Divar.
package struct Gateway: Sendable {
    /// Where it listens, with the ports that were really taken.
    package let listeners: [Listener]

    let server: HTTPServer
    private let group: MultiThreadedEventLoopGroup
    let readiness: GatewayReadiness
    let journal: JournalHost
    let cache: SharedConversationCache
    let queue: SharedSendQueue
    let rules: SharedUpstreamRules
    let callers: CallersWatch
    let keys: KeysWatch
    let certificates: ListenerCertificates
    let reloadStatus: ReloadStatus
    let log: GatewayLog
    /// Nil where no tokens of users are kept.
    private let users: SharedUserTokens?
    private let drain: Duration

    /// Builds everything and listens. Throws where an address can't be taken or a trust file can't be read.
    ///
    /// - Parameters:
    ///   - environment: in which keys are fetched again.
    ///   - inherited: sockets that listen already.
    ///   - isTrial: whether a journal without a path may be a temporary one.
    static func start(
        _ configuration: Configuration,
        secrets: GatewaySecrets,
        environment: [String: String],
        inherited: InheritedSockets,
        isTrial: Bool,
        log: GatewayLog
    ) async throws -> Gateway {
        let logger = log.logger
        let certificates = try ListenerCertificates(configuration.listen, logger: logger)
        let (tls, eventTLS) = try tls(of: configuration)
        let journal = try await JournalHost.start(
            configuration.trail, sealer: secrets.sealer, isTemporary: isTrial, logger: logger
        )
        let keys = KeysWatch(configuration, keys: secrets.keys, environment: environment, logger: logger)
        let via = ViaPseudonym(number: .random(in: .min ... .max))
        let settings = egressSettings(
            of: configuration, keys: keys.keys, sealer: secrets.sealer, queueSealer: journal.queueSealer, via: via)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: EventLoopCount.current)
        let rules = upstreamRules(of: configuration, after: journal.uses)
        let (callers, reloadStatus) = (CallersWatch(configuration, logger: logger), ReloadStatus())
        let users = try await tokenParts(of: configuration, secrets: secrets, journal: journal, via: via)
        let readiness = GatewayReadiness(
            keys: keys.status, journal: journal.writer.status, rules: rules, callers: callers.status,
            certificates: certificates, users: users?.shared, reload: reloadStatus)
        let queue = SharedSendQueue(settings: configuration.queue)
        let reconciler = SharedReconciler(settings: configuration.reconcile)
        let cache = sweptCache(of: configuration, on: group)
        let server = try await HTTPServer(group: group, limits: configuration.serverLimits) { loop in
            GatewayResponder(
                service: EgressService(
                    pool: upstreamPool(of: configuration, tls: tls, loop: loop),
                    journal: LoopJournal(writer: journal.writer, eventLoop: loop), cache: cache, rules: rules,
                    queue: queue, reconciler: reconciler,
                    events: eventReceiver(of: configuration, cache: cache, tls: eventTLS, via: via, loop: loop, logger),
                    users: users?.onLoop(loop), settings: settings, eventLoop: loop, logger: logger
                ),
                callers: callers.callers, events: secrets.identification, readiness: readiness,
                limits: configuration.messageLimits, reportForeignLinks: ForeignLinkLog.report(to: logger),
                loops: loopGuard(via, logger: logger), observer: observer(of: configuration, log: log, loop: loop)
            )
        }
        do {
            let gateway = Gateway(
                listeners: try await listen(server, on: configuration.listen, certificates, inherited: inherited),
                server: server, group: group, readiness: readiness, journal: journal, cache: cache, queue: queue,
                rules: rules, callers: callers, keys: keys, certificates: certificates,
                reloadStatus: reloadStatus, log: log, users: users?.shared, drain: configuration.drain
            )
            queue.begin()
            users?.shared.begin()
            return gateway
        } catch {
            await server.stop(drain: .zero)
            await journal.stop()
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Takes what `ReloadRule` says that can be taken of a new configuration.
    ///
    /// - Parameter isAsked: somebody asked for it: then all keys are fetched again, and all memory is given back that
    ///   the cache had.
    func reload(_ configuration: Configuration, fetchingAll isAsked: Bool, changed: [String]) async {
        await callers.reload(configuration)
        rules.reconfigure(quota: configuration.quotas, overload: configuration.overload)
        log.threshold.level = configuration.logLevel
        if isAsked { await keys.reload() }
        guard isAsked || changed.contains(where: { $0.hasPrefix("cache") }) else { return }
        cache.reconfigure(configuration.cache)
        FreeMemory.giveBack()
    }

    /// - Returns: whether the record is on disk.
    func record(_ record: RecordDraft) async -> Bool { await JournalReceipt.of(record, in: journal.writer) }

    /// Takes no new calls, waits for those under way as long as `drain` allows, and ends.
    package func stop() async throws {
        let end = ContinuousClock.now + drain
        readiness.beginDraining()
        async let queueStopped: Void = queue.stop(within: drain)
        await server.stop(drain: drain)
        await queueStopped
        // A send whose client was reset has no connection that was waited for. It gives up its place at Divar before it
        // has submitted its outcome, and between two attempts.
        let status = journal.writer.status
        while rules.overloadStatus().inFlight > 0 || status.messagesUnderWay > 0, ContinuousClock.now < end {
            try? await Task.sleep(for: Gateway.lookInterval)
        }
        // New tokens on their way have to be on disk.
        await users?.stop(within: max(.milliseconds(100), end - .now))
        await journal.stop()
        try await group.shutdownGracefully()
    }

    /// Whether every event loop answers within so long.
    func isAlive(within patience: Duration) async -> Bool {
        let answered = LoopRollCall()
        var loops = 0
        for loop in group.makeIterator() {
            loops += 1
            loop.execute { answered.answer() }
        }
        let end = ContinuousClock.now + patience
        while answered.count < loops, ContinuousClock.now < end {
            // Cancellation only means to wait less.
            try? await Task.sleep(for: Gateway.lookInterval)
        }
        return answered.count == loops
    }

    /// What it is at, for whoever looks.
    var metrics: GatewayMetrics {
        GatewayMetrics(
            keys: keys.status, journal: journal.writer.status, rules: rules, queue: queue, users: users,
            cache: cache, journalQueue: { [journal] in journal.writer.waiting },
            connections: { [server] in server.connectionCount })
    }

    /// One line on what it does, for whoever asks the service manager.
    var statusLine: String { "listening on " + listeners.map { "\($0.address)" }.joined(separator: ", ") }

    private static let lookInterval: Duration = .milliseconds(5)

    /// Where it can't be had the journal is ended, so that its lock is given up.
    private static func tokenParts(
        of configuration: Configuration,
        secrets: GatewaySecrets,
        journal: JournalHost,
        via: ViaPseudonym
    ) async throws -> UserTokenParts? {
        do {
            return try UserTokenParts(of: configuration, secrets: secrets, journal: journal, via: via)
        } catch {
            await journal.stop()
            throw error
        }
    }

    private static func egressSettings(
        of configuration: Configuration,
        keys: SharedAppKeys,
        sealer: ContentSealer,
        queueSealer: QueueSealer,
        via: ViaPseudonym
    ) -> EgressSettings {
        var settings = EgressSettings(
            keys: keys,
            baseURL: "\(configuration.upstream.baseURL)",
            uploadURL: configuration.upstream.uploadURL,
            deadline: configuration.upstream.deadline,
            userAgent: GatewayVersion.userAgent
        )
        settings.via = via
        settings.sealer = sealer
        settings.queueSealer = queueSealer
        settings.hedgeReadsAfter = configuration.overload.hedgeReadsAfter.map(TimeAmount.microseconds)
        settings.readRecording = configuration.trail.reads
        settings.idempotencyMicroseconds = Int64(configuration.trail.idempotency / .microseconds(1))
        return settings
    }

    private static func upstreamRules(
        of configuration: Configuration,
        after uses: [RecordedUse]
    ) -> SharedUpstreamRules {
        let planner = EndpointPlanner(
            contract: configuration.contract, preferring: configuration.preferredEndpoints)
        let rules = SharedUpstreamRules(
            routes: RouteTable(planner: planner),
            quota: QuotaMirror(settings: configuration.quotas),
            overload: UpstreamGuard(settings: configuration.overload)
        )
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        rules.restore(uses.map { ($0.app, $0.caller, endedAgo: now - $0.endedBefore, $0.count) })
        return rules
    }

    private static func eventReceiver(
        of configuration: Configuration,
        cache: SharedConversationCache,
        tls: UpstreamTLS?,
        via: ViaPseudonym,
        loop: any EventLoop,
        _ logger: Logger
    ) -> EventReceiver {
        let forward = configuration.events?.forward.map { settings in
            var settings = settings
            settings.via = via
            // The service is one of the house, and its place is the operator's word: no address is refused.
            let pool = UpstreamPool(
                eventLoop: loop, origin: settings.origin, tls: tls, egress: nil,
                limits: configuration.upstream.limits
            )
            return (pool: pool, settings: settings)
        }
        return EventReceiver(cache: cache, forward: forward, logger: logger)
    }
}
