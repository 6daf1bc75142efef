import HTTPWire
import NIOCore
import NIOPosix
import Testing

/// Ways not to reach the upstream, and whether a byte of the request may have left.
@Suite(.timeLimit(.minutes(1)))
struct UpstreamFailureTests {
    /// An origin on which nobody listens. A port that was just given back would do until another test takes it; port 1 is
    /// given to nobody who asks for any.
    private func deadOrigin() throws -> Origin {
        try #require(Origin("http://127.0.0.1:1"))
    }

    @Test func `a refused connect is no start`() async throws {
        try await PoolHarness.run(origin: try deadOrigin()) { pool in
            for _ in 0..<3 {
                let outcome = try await pool.call()
                #expect(outcome.failure == UpstreamFailure(.connect, requestStarted: false))
            }
            #expect(try await pool.openConnections == 0)
        }
    }

    /// With fewer connections than calls, every call still has to hear of it, and at once rather than at its deadline.
    @Test(arguments: [1, 2, 8])
    func `a refused connect is heard of by all who wait`(_ connections: Int) async throws {
        let limits = UpstreamLimits.with { $0.connectionsPerLoop = connections }
        try await PoolHarness.run(origin: try deadOrigin(), limits: limits) { pool in
            let calls = (0..<8).map { pool.start(.sample("/\($0)"), deadline: .seconds(3)) }
            for call in calls {
                let outcome = try await call.get()
                #expect(outcome.failure == UpstreamFailure(.connect, requestStarted: false))
            }
        }
    }

    @Test func `a name that nobody knows is no start`() async throws {
        let origin = try #require(Origin("http://no-such-host.invalid"))
        try await PoolHarness.run(origin: origin) { pool in
            let failure = try await pool.call().failure
            #expect(failure == UpstreamFailure(.nameLookup, requestStarted: false))
        }
    }

    @Test func `a connect that hangs ends with its limit, and is no start`() async throws {
        let limits = UpstreamLimits.with { $0.connect = .milliseconds(300) }
        try await ScriptedServer.run(accepts: false) { server in
            // The system's queue for a backlog of one holds two; whoever comes after them gets no answer at all.
            let address = ListenAddress.tcp(host: "127.0.0.1", port: server.port)
            let fillers = [try await RawClient.connect(to: address), try await RawClient.connect(to: address)]
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let outcome = try await pool.call(deadline: .seconds(8))
                #expect(outcome.failure == UpstreamFailure(.connect, requestStarted: false))
                let late = try await pool.call(deadline: .milliseconds(50))
                #expect(late.failure == UpstreamFailure(.deadline, requestStarted: false))
                try await pool.waitForConnections(0)
            }
            for filler in fillers { await filler.close() }
        }
    }

    @Test func `a deadline that passes while a call waits is no start`() async throws {
        let limits = UpstreamLimits.with { $0.connectionsPerLoop = 1 }
        try await ScriptedServer.run(script: { _, _, _ in [] }) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let first = pool.start(.sample("/0"))
                let second = try await pool.call(.sample("/1"), deadline: .milliseconds(50))
                #expect(second.failure == UpstreamFailure(.deadline, requestStarted: false))
                try await server.waitForRequests(1)
                try await server.perform([.write(ScriptedServer.ok("x"))], on: 0)
                #expect(try await first.get().text == "x")
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "HTTP/1.1 100 Continue\r\n\r\n"])
    func `a deadline that passes after the start leaves the outcome open`(_ part: String) async throws {
        try await ScriptedServer.run { connection, request, _ in
            connection == 0 && request == 1 ? [.write(part)] : [.write(ScriptedServer.ok("whole"))]
        } _: { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                // Over a connection that is there, a request starts at once.
                #expect(try await pool.call().text == "whole")
                let outcome = try await pool.call(deadline: .milliseconds(200))
                #expect(outcome.failure == UpstreamFailure(.deadline, requestStarted: true))
                // What may still come on that connection belongs to nobody: it is closed.
                try await server.log.wait { $0.contains(.closed(0)) }
                #expect(try await pool.call().text == "whole")
                #expect(server.acceptedCount == 2)
            }
        }
    }

    @Test func `a deadline that has passed already sends nothing`() async throws {
        try await ScriptedServer.run { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                let fresh = try await pool.call(.sample("/fresh"), deadline: .seconds(-1))
                #expect(fresh.failure == UpstreamFailure(.deadline, requestStarted: false))
                #expect(try await pool.call(.sample("/good")).text == "fine")
                let reused = try await pool.call(.sample("/late"), deadline: .seconds(-1))
                #expect(reused.failure == UpstreamFailure(.deadline, requestStarted: false))
                #expect(try await pool.call(.sample("/good")).text == "fine")
                #expect(!server.requests.contains { $0.contains("/late") || $0.contains("/fresh") })
            }
        }
    }

    /// The connection is there and gone again before anything is done with it.
    @Test(arguments: [ScriptedServer.Step.close, .reset], [2, 8])
    func `an upstream that hangs up at once leaves no call waiting`(
        _ greeting: ScriptedServer.Step, _ connections: Int
    ) async throws {
        let limits = UpstreamLimits.with { $0.connectionsPerLoop = connections }
        try await ScriptedServer.run(greeting: [greeting]) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                for _ in 0..<60 {
                    let calls = (0..<5).map { _ in pool.start(deadline: .seconds(60)) }
                    for call in calls {
                        let failure = try #require(try await call.get().failure)
                        try #require([.closed, .connect].contains(failure.reason), "\(failure)")
                    }
                }
                try await pool.waitForConnections(0)
            }
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "nonsense that is no TLS record at all"])
    func `an upstream that does not speak TLS is no start`(_ answer: String) async throws {
        try await ScriptedServer.run(greeting: [.write(answer)]) { server in
            let origin = try #require(Origin("https://127.0.0.1:\(server.port)"))
            try await PoolHarness.run(origin: origin, tls: try UpstreamTLS(trustFile: nil)) { pool in
                #expect(try await pool.call().failure == UpstreamFailure(.tls, requestStarted: false))
                try await pool.waitForConnections(0)
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `an upstream that closes or is silent instead of speaking TLS is no start`() async throws {
        let limits = UpstreamLimits.with { $0.connect = .milliseconds(300) }
        for greeting in [[ScriptedServer.Step.close], []] {
            try await ScriptedServer.run(greeting: greeting) { server in
                let origin = try #require(Origin("https://localhost:\(server.port)"))
                try await PoolHarness.run(origin: origin, tls: try UpstreamTLS(trustFile: nil), limits: limits) {
                    pool in
                    let failure = try #require(try await pool.call().failure)
                    #expect(!failure.requestStarted)
                    #expect([.tls, .connect].contains(failure.reason))
                    try await pool.waitForConnections(0)
                }
            }
        }
    }

    @Test func `trust that cannot be read is an error at once`() {
        #expect(throws: (any Error).self) { try UpstreamTLS(trustFile: "/no/such/file.pem") }
    }
}
