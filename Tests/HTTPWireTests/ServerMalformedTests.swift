import SeededCases
import HTTPWire
import NIOCore
import Testing

/// Requests that two programs could read differently, or that are none: refused, and nothing behind them is served.
@Suite(.timeLimit(.minutes(2)))
struct ServerMalformedTests {
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    private func check(_ request: String, status: Int) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            await client.trySending(request + ServerMalformedTests.smuggled)
            let response = try await client.response(within: .seconds(5))
            #expect(response.status == status)
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
            #expect(!server.log.events.contains("GET /smuggled"))
        }
    }

    @Test(arguments: [
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3a\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ٣\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ])
    func `a length that can be read in two ways is refused`(_ request: String) async throws {
        try await check(request, status: 400)
    }

    @Test(arguments: [
        "x\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", "\r\n\r\n", "g\r\n", "1\r\nab\r\n", "FFFFFFFFFFFFFFFFF\r\n",
        " 1\r\na\r\n",
        "1;\u{0}\r\na\r\n",
    ])
    func `a chunk that can be read in two ways is refused`(_ chunk: String) async throws {
        try await check("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)", status: 400)
    }

    @Test(arguments: [
        "gzip", "gzip, chunked", "identity", "xchunked", "chunked, chunked", "chunked;q=1", "\u{212A}",
        "chun\u{212A}ed",
    ])
    func `a transfer coding that is not chunked alone is refused`(_ coding: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n"
            await client.trySending(head + "0\r\n\r\n" + ServerMalformedTests.smuggled)
            let response = try await client.response()
            #expect([400, 501].contains(response.status))
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
            #expect(server.log.events.isEmpty)
        }
    }

    @Test(arguments: [
        "chunked\r\nTransfer-Encoding: chunked", "chunked\r\nTransfer-Encoding: gzip",
        "gzip\r\nTransfer-Encoding: chunked",
    ])
    func `a transfer coding that comes twice is refused`(_ coding: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(coding)\r\n\r\n"
            await client.trySending(head + "0\r\n\r\n" + ServerMalformedTests.smuggled)
            #expect([400, 501].contains(try await client.response().status))
            #expect(try await client.readToEnd().isEmpty)
            #expect(server.log.events.isEmpty)
        }
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "GET http://a/hello HTTP/1.1\r\n\r\n",
        "GET /hello HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    ])
    func `a request names exactly one host`(_ request: String) async throws {
        try await check(request, status: 400)
    }

    @Test(arguments: [
        "Authorization", "X-Access-Token", "X-API-Key", "Content-Type", "Origin", "traceparent", "AUTHORIZATION",
    ])
    func `a field that is read here and comes twice is refused`(_ name: String) async throws {
        for second in ["a", "b", ""] {
            let fields = "\(name): a\r\n\(name.lowercased()): \(second)\r\n"
            try await check(RawRequest.get("/hello", fields: fields), status: 400)
        }
    }

    @Test(arguments: [
        "OPTIONS * HTTP/1.1", "GET a:443 HTTP/1.1", "GET hello HTTP/1.1", "GET HTTP://a\\b/hello HTTP/1.1",
        "GET /hello#a HTTP/1.1", "GET /{hello} HTTP/1.1", "GET /[] HTTP/1.1", "GET http://a/[ HTTP/1.1",
        "GET /h\u{F8} HTTP/1.1", "GET /\"hello\" HTTP/1.1",
        "GET ftp://a/hello HTTP/1.1",
        "GET ../hello HTTP/1.1",
        "GET ?a HTTP/1.1",
    ])
    func `a target of another form is refused`(_ line: String) async throws {
        try await check("\(line)\r\nHost: a\r\n\r\n", status: 400)
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\n: no name\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX\u{0}: z\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX(: z\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\u{1}b\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET /he llo HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\r\n\r\n", "\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: a\n\n", "GET /hello HTTP/1.1\r\nHost: a\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\n\n",
        "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", "GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET\t/hello HTTP/1.1\r\nHost: a\r\n\r\n", "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", "GET /hello HTTP/1.1\r\n\tHost: a\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\u{7F}\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a\r\nX: a\r\r\n\r\n",
        "GET /hello http/1.1\r\nHost: a\r\n\r\n", "GET /hello HTTQ/1.1\r\nHost: a\r\n\r\n", "{\"a\":1}\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}", "\u{0}\r\n\r\n",
    ])
    func `what is no HTTP is refused`(_ request: String) async throws {
        try await check(request, status: 400)
    }

    @Test(arguments: [
        "CONNECT a:443", "CONNECT /hello", "PROPFIND /hello", "get /hello", "QUERY /hello", "A-VERY-LONG-METHOD",
    ])
    func `a method that nobody here knows is refused`(_ start: String) async throws {
        try await check("\(start) HTTP/1.1\r\nHost: a\r\n\r\n", status: 501)
    }

    @Test func `TRACE reaches the routes, and nothing behind it does`() async throws {
        try await check("TRACE /hello HTTP/1.1\r\nHost: a\r\n\r\n", status: 200)
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a:b\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: a:99999\r\n\r\n",
        "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a:81/hello HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "GET http:///hello HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://u@a/hello HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func `a host that is none, or not the target's, is refused`(_ request: String) async throws {
        try await check(request, status: 400)
    }

    @Test(arguments: [
        "1;a=\(String(repeating: "x", count: 5000))\r\nx\r\n0\r\n\r\n",
        String(repeating: "1;a=\(String(repeating: "x", count: 500))\r\nx\r\n", count: 9),
    ])
    func `chunk extensions over 4 KiB are refused, in one chunk or in all together`(_ body: String) async throws {
        try await check("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", status: 413)
    }

    @Test(arguments: [
        "Content-Length: 1", "Transfer-Encoding: chunked", "Host: b", "Connection: close", "x", " x: y", "x: \u{1}",
    ])
    func `a trailer that is none, or says where a request ends, is refused`(_ line: String) async throws {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await check("\(head)1\r\nx\r\n0\r\n\(line)\r\n\r\n", status: 400)
    }

    @Test(arguments: [" HTTP/2.0", " HTTP/0.9", " HTTP/1.2", " HTTP/3.0", " HTTP/1.1 x", " HTTP/11.1", " HTTP/1.", ""])
    func `a version that is not served is refused`(_ version: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            await client.trySending("GET /hello\(version)\r\nHost: a\r\n\r\n")
            #expect([400, 505].contains(try await client.response().status))
            #expect(try await client.readToEnd().isEmpty)
            #expect(server.log.events.isEmpty)
        }
    }

    @Test func `the greeting of HTTP version 2 is refused`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            await client.trySending("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            #expect([400, 505].contains(try await client.response().status))
        }
    }

    @Test func `what was asked before the nonsense is answered first`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            await client.trySending(
                RawRequest.post("/echo", "one") + RawRequest.post("/echo", "two") + "nonsense\r\n\r\n")
            #expect(try await client.responses(2).map(\.text) == ["one", "two"])
            #expect(try await client.response().status == 400)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `random bytes never stop the server`() async throws {
        try await TestServer.run { server in
            var random = SplitMix64()
            let alphabet = Array("GET /POSTHTTP/1.1: \r\n\r\n0aContent-Length:chunked".utf8) + [0x00, 0xFF, 0x80]
            for _ in 0..<200 {
                let client = try await server.connect()
                let prefix = random.chance(1, in: 2) ? Array("POST /echo HTTP/1.1\r\nHost: a\r\n".utf8) : []
                let length = 1 + random.below(120)
                let noise = prefix + (0..<length).map { _ in random.element(of: alphabet) }
                try? await client.send(noise)
                await client.close()
            }
            try await server.waitForConnections(0)
            let client = try await server.connect()
            try await client.send(RawRequest.get("/hello"))
            #expect(try await client.response().text == "hello", "\(replay(0))")
        }
    }
}
