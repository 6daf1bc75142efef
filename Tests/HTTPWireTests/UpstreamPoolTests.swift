import HTTPWire
import NIOCore
import Testing

/// How connections to the upstream are kept, lent and given up.
@Suite(.timeLimit(.minutes(1)))
struct UpstreamPoolTests {
    /// Answers with the request's path, so that an answer that goes to another call shows.
    private static let echo: ScriptedServer.Script = { _, _, text in [.write(ScriptedServer.ok(path(in: text)))] }

    private static func path(in request: String) -> String {
        String(request.split(separator: " ")[1])
    }

    @Test func `call after call goes over one connection`() async throws {
        try await ScriptedServer.run(script: UpstreamPoolTests.echo) { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                for number in 0..<20 {
                    let outcome = try await pool.call(.sample("/\(number)"))
                    #expect(outcome.text == "/\(number)")
                }
                #expect(server.acceptedCount == 1)
                #expect(try await pool.openConnections == 1)
            }
        }
    }

    @Test func `no more connections than the maximum, and who waits is served in turn`() async throws {
        let limits = UpstreamLimits.with { $0.connectionsPerLoop = 2 }
        try await ScriptedServer.run(script: { _, _, _ in [] }) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let calls = (0..<6).map { pool.start(.sample("/\($0)")) }
                for round in 1...3 {
                    let asked = try await server.waitForRequests(2 * round).suffix(2)
                    #expect(try await pool.openConnections == 2)
                    for (connection, text) in asked {
                        let answer = ScriptedServer.ok(UpstreamPoolTests.path(in: text))
                        try await server.perform([.write(answer)], on: connection)
                    }
                }
                for (number, call) in calls.enumerated() { #expect(try await call.get().text == "/\(number)") }
                #expect(server.acceptedCount == 2)
                let inTurn = Set(server.requests.suffix(2).map(UpstreamPoolTests.path))
                #expect(inTurn == ["/4", "/5"])
            }
        }
    }

    @Test func `when all places in the queue are taken a call is refused, not started`() async throws {
        let limits = UpstreamLimits.with {
            $0.connectionsPerLoop = 1
            $0.waitersPerLoop = 2
        }
        try await ScriptedServer.run(script: { _, _, _ in [] }) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let first = pool.start(.sample("/0"))
                try await server.waitForRequests(1)
                let waiting = [pool.start(.sample("/1")), pool.start(.sample("/2"))]
                let refused = try await pool.call(.sample("/3"))
                #expect(refused.failure == UpstreamFailure(.noConnectionFree, requestStarted: false))
                for number in 1...3 {
                    try await server.perform([.write(ScriptedServer.ok("\(number)"))], on: 0)
                    try await server.waitForRequests(min(number + 1, 3))
                }
                #expect(try await first.get().text == "1")
                #expect(try await waiting[0].get().text == "2")
                #expect(try await waiting[1].get().text == "3")
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok",
    ])
    func `a connection that is not kept alive is not used again`(_ answer: String) async throws {
        try await ScriptedServer.run(script: { _, _, _ in [.write(answer)] }) { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                for _ in 0..<3 { #expect(try await pool.call().text == "ok") }
                #expect(server.acceptedCount == 3)
                try await server.log.wait { $0.contains(.closed(2)) }
                try await pool.waitForConnections(0)
            }
        }
    }

    @Test func `an idle connection that the upstream closed is not used`() async throws {
        try await ScriptedServer.run(script: UpstreamPoolTests.echo) { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                for number in 0..<10 {
                    #expect(try await pool.call(.sample("/\(number)")).text == "/\(number)")
                    try await server.perform([number.isMultiple(of: 2) ? .close : .reset], on: number)
                    try await pool.waitForConnections(0)
                }
                #expect(server.acceptedCount == 10)
            }
        }
    }

    @Test(arguments: [
        ScriptedServer.ok("surplus"), "nonsense", "\r\n", "H", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    ])
    func `a connection on which something comes unasked is closed`(_ surplus: String) async throws {
        try await ScriptedServer.run(script: UpstreamPoolTests.echo) { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                #expect(try await pool.call(.sample("/1")).text == "/1")
                try await server.perform([.write(surplus)], on: 0)
                try await server.log.wait { $0.contains(.closed(0)) }
                try await pool.waitForConnections(0)
                #expect(try await pool.call(.sample("/2")).text == "/2")
                #expect(server.acceptedCount == 2)
            }
        }
    }

    /// What stands behind an answer would be taken for the next one, or for the beginning of it.
    @Test(arguments: [
        ScriptedServer.ok("surplus"), "nonsense", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsurp",
        "HTTP/1.1 404 Not Found\r\nX: ", "H",
    ])
    func `what follows an answer goes to no other call`(_ surplus: String) async throws {
        let limits = UpstreamLimits.with { $0.connectionsPerLoop = 1 }
        let script: ScriptedServer.Script = { _, request, text in
            [.write(ScriptedServer.ok(UpstreamPoolTests.path(in: text)) + (request == 0 ? surplus : ""))]
        }
        for atOnce in [true, false] {
            try await ScriptedServer.run(script: script) { server in
                try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                    let calls = (0..<4).map { number in { pool.start(.sample("/\(number)"), deadline: .seconds(30)) } }
                    let started = atOnce ? calls.map { $0() } : []
                    for number in calls.indices {
                        let outcome = try await (atOnce ? started[number] : calls[number]()).get()
                        #expect(outcome.text == nil || outcome.text == "/\(number)")
                        #expect((try? outcome.get().status) ?? 200 == 200)
                        // One after another, no call has to suffer for what came before it.
                        #expect(outcome.text != nil || (atOnce && number > 0), "call \(number): \(outcome)")
                    }
                }
            }
        }
    }

    @Test func `a connection that was idle long enough is closed`() async throws {
        let limits = UpstreamLimits.with { $0.idle = .milliseconds(100) }
        try await ScriptedServer.run(script: UpstreamPoolTests.echo) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let calls = (0..<3).map { pool.start(.sample("/\($0)")) }
                for call in calls { #expect(try await call.get().text != nil) }
                let accepted = server.acceptedCount
                try await server.log.wait { events in
                    events.count { if case .closed = $0 { true } else { false } } == accepted
                }
                try await pool.waitForConnections(0)
                #expect(try await pool.call(.sample("/again")).text == "/again")
            }
        }
    }

    @Test func `a connection in use does not count as idle, however long it takes`() async throws {
        let limits = UpstreamLimits.with { $0.idle = .milliseconds(60) }
        try await ScriptedServer.run { _, request, text in
            UpstreamPoolTests.path(in: text) == "/slow" ? [] : [.write(ScriptedServer.ok("quick"))]
        } _: { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                let slow = pool.start(.sample("/slow"))
                try await server.waitForRequests(1)
                // Meanwhile another connection is made, used and given up as idle.
                #expect(try await pool.call(.sample("/quick")).text == "quick")
                try await server.log.wait { $0.contains(.closed(1)) }
                try await server.perform([.write(ScriptedServer.ok("slow"))], on: 0)
                #expect(try await slow.get().text == "slow")
            }
        }
    }

    @Test func `a pool that is shut down finishes what it began and takes nothing new`() async throws {
        try await ScriptedServer.run { _, _, text in
            UpstreamPoolTests.path(in: text) == "/held" ? [] : [.write(ScriptedServer.ok("x"))]
        } _: { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                let held = pool.start(.sample("/held"))
                try await server.waitForRequests(1)
                #expect(try await pool.call(.sample("/idle")).text == "x")
                try await pool.shutDown()
                try await server.log.wait { $0.contains(.closed(1)) }
                let late = try await pool.call()
                #expect(late.failure?.requestStarted == false)
                try await server.perform([.write(ScriptedServer.ok("done"))], on: 0)
                #expect(try await held.get().text == "done")
                try await server.log.wait { $0.contains(.closed(0)) }
                try await pool.waitForConnections(0)
            }
        }
    }
}
