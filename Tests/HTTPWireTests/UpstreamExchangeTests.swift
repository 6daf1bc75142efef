import HTTPWire
import NIOCore
import Testing

/// One request and its answer on the way to the upstream.
@Suite(.timeLimit(.minutes(1)))
struct UpstreamExchangeTests {
    /// What the pool makes of an answer with these bytes, after which the server does nothing or closes.
    private func outcome(
        of answer: String, closing: Bool = false, limits: UpstreamLimits = UpstreamLimits()
    ) async throws -> PoolHarness.Outcome {
        let found = EventLog<PoolHarness.Outcome>()
        try await ScriptedServer.run { _, _, _ in
            closing ? [.write(answer), .close] : [.write(answer)]
        } _: { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                found.append(try await pool.call())
            }
        }
        return try #require(found.events.first)
    }

    @Test func `a request is written as it is meant`() async throws {
        try await ScriptedServer.run { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                let host = "Host: 127.0.0.1:\(server.port)\r\n"
                let fields = "X-API-Key: k\r\nAccept: */*\r\nContent-Length: 8\r\n"
                let post = UpstreamRequest(
                    method: .post, path: "/a/%D8%B3?b=c", fields: [("X-API-Key", "k"), ("Accept", "*/*")],
                    body: Array("{\"ا\":1}".utf8)
                )
                _ = try await pool.call(post)
                let get = UpstreamRequest(method: .get, path: "/", fields: [], body: nil)
                _ = try await pool.call(get)
                _ = try await pool.call(UpstreamRequest(method: .post, path: "/e", fields: [], body: []))
                #expect(
                    server.requests == [
                        "POST /a/%D8%B3?b=c HTTP/1.1\r\n\(host)\(fields)\r\n{\"ا\":1}",
                        "GET / HTTP/1.1\r\n\(host)\r\n", "POST /e HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
                    ]
                )
            }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, ""), ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""),
        ("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 201, "abc"),
        ("HTTP/1.1 503 x\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", 503, "<html>"),
        ("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n", 302, ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x"),
        ("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 x\r\nContent-Length: 1\r\n\r\ny", 404, "y"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
    ])
    func `an answer is read`(_ answer: String, _ status: Int, _ body: String) async throws {
        let response = try await outcome(of: answer).get()
        #expect(response.status == status)
        #expect(String(decoding: response.body, as: UTF8.self) == body)
    }

    @Test func `an answer without a length ends with its connection`() async throws {
        let response = try await outcome(of: "HTTP/1.1 200 OK\r\n\r\nabc", closing: true).get()
        #expect(response == UpstreamResponse(status: 200, body: Array("abc".utf8)))
    }

    @Test(
        arguments: [
            ("5", 5), ("0", 0), ("120", 120), ("-1", nil), ("1.5", nil), ("", nil), ("soon", nil),
            ("99999999999999999999", nil),
            ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
        ] as [(String, Int?)])
    func `a number of seconds to wait is read, a date is not`(_ value: String, _ seconds: Int?) async throws {
        let answer = ScriptedServer.ok("", status: "429 x", fields: "Retry-After: \(value)\r\n")
        #expect(try await outcome(of: answer).get().retryAfterSeconds == seconds)
    }

    @Test(arguments: [
        "", "H", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    ])
    func `an answer that is cut is none, and the request may have done its work`(_ part: String) async throws {
        let failure = try await outcome(of: part, closing: true).failure
        #expect(failure == UpstreamFailure(.closed, requestStarted: true))
    }

    @Test func `a reset leaves the outcome open as well`() async throws {
        for part in ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"] {
            try await ScriptedServer.run { _, _, _ in
                [.write(part), .reset]
            } _: { server in
                try await PoolHarness.run(origin: try server.origin) { pool in
                    let outcome = try await pool.call()
                    #expect(outcome.failure == UpstreamFailure(.closed, requestStarted: true))
                }
            }
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "<html></html>\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTQ/1.1 200 OK\r\n\r\n",
        "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}F",
        "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n",
    ])
    func `what is no HTTP is told apart, and the request may have done its work`(_ answer: String) async throws {
        let failure = try await outcome(of: answer).failure
        #expect(failure == UpstreamFailure(.malformedAnswer, requestStarted: true))
    }

    @Test func `an answer of exactly the limit is read, one over it is not`() async throws {
        let limits = UpstreamLimits.with { $0.answerBytes = 10 }
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let within = [ScriptedServer.ok("0123456789"), chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"]
        for answer in within { #expect(try await outcome(of: answer, limits: limits).text == "0123456789") }
        let over = [
            ScriptedServer.ok("0123456789a"), chunked + "b\r\n0123456789a\r\n0\r\n\r\n",
            chunked + "5\r\n01234\r\n6\r\n56789a\r\n", "HTTP/1.1 200 OK\r\n\r\n0123456789a",
        ]
        for answer in over {
            let failure = try await outcome(of: answer, limits: limits).failure
            #expect(failure == UpstreamFailure(.answerTooLarge, requestStarted: true))
        }
    }

    /// Nobody asked to switch, and what follows on that connection would be another protocol.
    @Test func `a connection that switches its protocol is not used again`() async throws {
        let switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
        try await ScriptedServer.run { connection, _, _ in
            [.write(connection == 0 ? switching : ScriptedServer.ok("second"))]
        } _: { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                _ = try await pool.call(deadline: .seconds(3))
                #expect(try await pool.call(deadline: .seconds(3)).text == "second")
            }
        }
    }

    @Test func `a large answer is read whole`() async throws {
        let body = String(repeating: "0123456789", count: 300_000)
        #expect(try await outcome(of: ScriptedServer.ok(body)).text == body)
    }

    @Test func `an answer that comes byte by byte is read`() async throws {
        try await ScriptedServer.run { _, _, _ in
            ScriptedServer.ok("abc", fields: "Retry-After: 7\r\n").map { .write(String($0)) }
        } _: { server in
            try await PoolHarness.run(origin: try server.origin) { pool in
                let response = try await pool.call().get()
                #expect(response == UpstreamResponse(status: 200, retryAfterSeconds: 7, body: Array("abc".utf8)))
            }
        }
    }
}
