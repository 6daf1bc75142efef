@testable import HTTPWire
import NIOCore
import Testing

/// How much a client may use of anything, at the borders.
@Suite(.timeLimit(.minutes(1)))
struct ServerLimitTests {
    private func status(of request: String, limits: ServerLimits = ServerLimits()) async throws -> Int {
        let found = EventLog<Int>()
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(request)
            let response = try await client.response()
            found.append(response.status)
            if response.status != 200 {
                #expect(response["Connection"] == "close")
                #expect(try await client.readToEnd().isEmpty)
            }
        }
        return try #require(found.events.first)
    }

    @Test(arguments: [(63, 200), (64, 431), (200, 431)])
    func `a head has at most 64 fields`(_ others: Int, _ expected: Int) async throws {
        let fields = (0..<others).map { "X-\($0): y\r\n" }.joined()
        #expect(try await status(of: RawRequest.get("/hello", fields: fields)) == expected)
    }

    /// Counted are names and values: `Host` and `test` make 8, `A` makes 1.
    @Test(arguments: [(16 * 1024 - 9, 200), (16 * 1024 - 8, 431), (40_000, 431)])
    func `the fields of a head have at most 16 KiB together`(_ length: Int, _ expected: Int) async throws {
        let field = "A: " + String(repeating: "x", count: length) + "\r\n"
        #expect(try await status(of: RawRequest.get("/", fields: field)) == expected)
    }

    @Test func `many small fields are counted together`() async throws {
        let fields = (0..<60).map { _ in "A: " + String(repeating: "x", count: 300) + "\r\n" }.joined()
        #expect(try await status(of: RawRequest.get("/", fields: fields)) == 431)
    }

    @Test(arguments: [(8 * 1024, 200), (8 * 1024 + 1, 414), (16 * 1024, 414), (16 * 1024 + 1, 414), (100_000, 414)])
    func `a target has at most 8 KiB`(_ length: Int, _ expected: Int) async throws {
        let target = "/" + String(repeating: "a", count: length - 1)
        #expect(try await status(of: RawRequest.get(target)) == expected)
    }

    @Test func `a target of the longest length leaves room for the fields`() async throws {
        let target = "/" + String(repeating: "a", count: 8 * 1024 - 1)
        let field = "A: " + String(repeating: "x", count: 12 * 1024) + "\r\n"
        #expect(try await status(of: RawRequest.get(target, fields: field)) == 200)
    }

    @Test func `trailers are fields too`() async throws {
        let trailers = (0..<70).map { "X-\($0): y\r\n" }.joined()
        let request =
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\(trailers)\r\n"
        #expect(try await status(of: request) == 431)
    }

    @Test func `a head that does not end in time is answered with 408`() async throws {
        let limits = ServerLimits.with { $0.headerRead = .milliseconds(150) }
        for beginning in ["G", "GET /hello HTTP/1.1\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\n"] {
            try await TestServer.run(limits: limits) { server in
                let client = try await server.connect()
                try await client.send(beginning)
                let response = try await client.response()
                #expect(response.status == 408)
                #expect(response.text == "headerTimeout")
                #expect(response["Connection"] == "close")
                #expect(try await client.readToEnd().isEmpty)
            }
        }
    }

    @Test func `a head that trickles in has no more time than another`() async throws {
        let limits = ServerLimits.with { $0.headerRead = .milliseconds(300) }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ")
            let trickle = client.channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .milliseconds(20)
            ) { _ in client.channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil) }
            let response = try await client.response(within: .seconds(5))
            trickle.cancel()
            #expect(response.status == 408)
        }
    }

    /// The clock runs from the first byte of a request, also where that came while the last answer was pending.
    @Test func `a head that began behind a pending answer has its time too`() async throws {
        let limits = ServerLimits.with { $0.headerRead = .milliseconds(200) }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            try await client.send("GET /hello HTTP/1.1\r\nHos")
            try await server.settle()
            try await server.release()
            #expect(try await client.response().text == "released")
            let late = try? await client.response(within: .seconds(3))
            #expect(late?.status == 408)
        }
    }

    @Test func `the second head on a connection has its time too`() async throws {
        let limits = ServerLimits.with { $0.headerRead = .milliseconds(150) }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/hello"))
            #expect(try await client.response().text == "hello")
            try await client.send("GET")
            #expect(try await client.response().status == 408)
        }
    }

    @Test func `a head that began with the end of the request before has its time too`() async throws {
        let limits = ServerLimits.with { $0.headerRead = .milliseconds(150) }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(RawRequest.post("/echo", "one") + "GET /hello HTTP/1.1\r\nHos")
            #expect(try await client.response().text == "one")
            #expect(try await client.response(within: .seconds(5)).status == 408)
        }
    }

    /// Old clients send one behind a body (RFC 9112 section 2.2): nothing has begun with it.
    @Test func `an empty line behind a request is no head that is late`() async throws {
        let limits = ServerLimits.with {
            $0.headerRead = .milliseconds(150)
            $0.idle = .seconds(3)
        }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send(RawRequest.post("/echo", "one") + "\r\n")
            #expect(try await client.response().text == "one")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `a body that does not come in time is answered with 408`() async throws {
        let limits = ServerLimits.with { $0.bodyRead = .milliseconds(150) }
        let heads = ["Content-Length: 5\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n3\r\nab"]
        for head in heads {
            try await TestServer.run(limits: limits) { server in
                let client = try await server.connect()
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(head)")
                let response = try await client.response()
                #expect(response.status == 408)
                #expect(response.text == "bodyTimeout")
                #expect(try await client.readToEnd().isEmpty)
            }
        }
    }

    @Test func `a body that is only swallowed has its time too`() async throws {
        let limits = ServerLimits.with { $0.bodyRead = .milliseconds(150) }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect()
            try await client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            #expect(try await client.response().status == 403)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `an answer that is long in the making is waited for`() async throws {
        let limits = ServerLimits.with {
            $0.headerRead = .seconds(1)
            $0.bodyRead = .seconds(1)
            $0.idle = .seconds(1)
        }
        try await TestServer.run(limits: limits) { server in
            let client = try await server.connect(sending: RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            // Another connection idles away its time meanwhile: all three limits have passed when it is closed.
            let other = try await server.connect()
            try await other.readToEnd()
            try await server.release()
            #expect(try await client.response().text == "released")
        }
    }

    @Test func `an idle connection is closed without a word, new or used`() async throws {
        let limits = ServerLimits.with { $0.idle = .seconds(1) }
        try await TestServer.run(limits: limits) { server in
            let fresh = try await server.connect()
            #expect(try await fresh.readToEnd().isEmpty)
            let used = try await server.connect(sending: RawRequest.get("/hello"))
            #expect(try await used.response().text == "hello")
            #expect(try await used.readToEnd().isEmpty)
            await fresh.close()
            await used.close()
            try await server.waitForConnections(0)
        }
    }

    @Test func `one connection too many is told so and closed`() async throws {
        try await TestServer.run(limits: .with { $0.connections = 2 }) { server in
            let kept = [try await server.connect(), try await server.connect()]
            for client in kept {
                try await client.send(RawRequest.get("/hello"))
                #expect(try await client.response().text == "hello")
            }
            let refused = try await server.connect()
            let response = try await refused.response()
            #expect(response.status == 503)
            #expect(response.text == "tooManyConnections(limit: 2)")
            #expect(response["Connection"] == "close")
            #expect(try await refused.readToEnd().isEmpty)
            await refused.close()
            await kept[0].close()
            try await server.waitForConnections(1)
            let welcome = try await server.connect()
            try await welcome.send(RawRequest.get("/hello"))
            #expect(try await welcome.response().text == "hello")
        }
    }

    @Test func `an address may have so many connections, however many there may be in all`() async throws {
        try await TestServer.run(limits: .with { $0.connectionsPerAddress = 2 }) { server in
            let kept = [try await server.connect(), try await server.connect()]
            try await server.waitForConnections(2)
            let refused = try await server.connect()
            let response = try await refused.response()
            #expect(response.status == 503)
            #expect(response.text == "tooManyConnectionsFromAddress(limit: 2)")
            #expect(try await refused.readToEnd().isEmpty)
            await kept[0].close()
            try await server.waitForConnections(1)
            let welcome = try await server.connect()
            try await welcome.send(RawRequest.get("/hello"))
            #expect(try await welcome.response().text == "hello")
            await kept[1].close()
        }
    }

    @Test func `a client that takes nothing of its answer is cut off`() async throws {
        try await TestServer.run(limits: .with { $0.responseWrite = .milliseconds(200) }) { server in
            let client = try await server.connect(reads: false)
            try await client.send(RawRequest.get("/big?30000000"))
            try await server.log.wait(forCount: 1)
            try await server.waitForConnections(0)
            try await client.startReading()
            #expect(try await client.readToEnd().count < 30_000_000)
        }
    }
}
