import HTTPWire
import NIOCore
import NIOPosix
import Testing

/// A pool on an event loop of its own, to be used from a test's task.
final class PoolHarness: Sendable {
    typealias Outcome = Result<UpstreamResponse, UpstreamFailure>

    let loop: any EventLoop
    /// The number of every call that completed, as often as it did.
    let completions = EventLog<Int>()
    private let pool: NIOLoopBound<UpstreamPool>
    private let started = EventLog<Int>()

    private init(loop: any EventLoop, pool: NIOLoopBound<UpstreamPool>) {
        self.loop = loop
        self.pool = pool
    }

    /// Runs a pool for as long as the body runs. Every call must have completed once by then.
    static func run(
        origin: Origin,
        tls: UpstreamTLS? = nil,
        egress: EgressGuard? = nil,
        limits: UpstreamLimits = UpstreamLimits(),
        _ body: (PoolHarness) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            let pool = try await loop.submit {
                let pool = UpstreamPool(
                    eventLoop: loop, origin: origin, tls: tls, egress: egress, limits: limits
                )
                return NIOLoopBound(pool, eventLoop: loop)
            }.get()
            let harness = PoolHarness(loop: loop, pool: pool)
            try await body(harness)
            #expect(harness.completions.events.sorted() == Array(0..<harness.started.events.count))
            try await harness.shutDown()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    /// Starts a call now; calls that are started one after another reach the pool in that order.
    func start(
        _ request: UpstreamRequest = .sample(), deadline: TimeAmount = .seconds(10)
    ) -> EventLoopFuture<Outcome> {
        let number = started.events.count
        started.append(number)
        return loop.flatSubmit { [self] in
            let promise = loop.makePromise(of: Outcome.self)
            pool.value.execute(request, deadline: .now() + deadline) { [completions] outcome in
                completions.append(number)
                promise.succeed(outcome)
            }
            return promise.futureResult
        }
    }

    func call(_ request: UpstreamRequest = .sample(), deadline: TimeAmount = .seconds(10)) async throws -> Outcome {
        try await start(request, deadline: deadline).get()
    }

    var openConnections: Int {
        get async throws {
            let pool = pool
            return try await loop.submit { pool.value.openConnections }.get()
        }
    }

    func shutDown() async throws {
        let pool = pool
        try await loop.submit { pool.value.shutDown() }.get()
    }

    func waitForConnections(_ count: Int) async throws {
        let end = NIODeadline.now() + .seconds(10)
        while try await openConnections != count {
            guard NIODeadline.now() < end else {
                throw EventLog<Int>.NeverHappened(events: [try await openConnections])
            }
        }
    }
}

extension UpstreamRequest {
    static func sample(_ path: String = "/x") -> UpstreamRequest {
        UpstreamRequest(method: .post, path: path, fields: [("X-API-Key", "k")], body: Array("{}".utf8))
    }
}

extension Result where Success == UpstreamResponse, Failure == UpstreamFailure {
    var text: String? { (try? get()).map { String(decoding: $0.body, as: UTF8.self) } }

    var failure: UpstreamFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension UpstreamLimits {
    static func with(_ change: (inout UpstreamLimits) -> Void) -> UpstreamLimits {
        var limits = UpstreamLimits()
        change(&limits)
        return limits
    }
}
