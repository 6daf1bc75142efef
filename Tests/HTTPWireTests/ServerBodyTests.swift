import HTTPWire
import NIOCore
import Testing

/// Bodies over a real socket: how they come, how large they may be, and what is done before they are there.
@Suite(.timeLimit(.minutes(1)))
struct ServerBodyTests {
    private static let chunkedHead = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"), ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("a;ext=1;b=\"c\"\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("0005\r\nhello\r\n000\r\n\r\n", "hello"), ("3\r\nabc\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n", "abc"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ])
    func `a chunked body is put together`(_ body: String, _ text: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(ServerBodyTests.chunkedHead + body + RawRequest.get("/hello"))
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == text)
            #expect(try await client.response().text == "hello")
        }
    }

    @Test func `chunks that come byte by byte are put together`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.sendByteByByte(
                ServerBodyTests.chunkedHead + "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
            #expect(try await client.response().text == "abc0123456789abcdef")
        }
    }

    @Test func `a body of exactly the limit is taken, announced or chunked`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let body = String(repeating: "x", count: TestResponder.bodyLimit)
            try await client.send(RawRequest.post("/echo", body))
            #expect(try await client.response().body.count == TestResponder.bodyLimit)
            let size = String(TestResponder.bodyLimit, radix: 16)
            try await client.send(ServerBodyTests.chunkedHead + "\(size)\r\n\(body)\r\n0\r\n\r\n")
            #expect(try await client.response().body.count == TestResponder.bodyLimit)
        }
    }

    @Test(arguments: [TestResponder.bodyLimit + 1, 10_000_000, .max])
    func `an announced body over the limit is refused before it is sent`(_ length: Int) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.text == "bodyTooLarge(limit: \(TestResponder.bodyLimit))")
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `a chunked body over the limit is refused as soon as it passes it`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let head = "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            try await client.send(head + "8\r\n01234567\r\n3\r\n")
            try await client.send("89a")
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.text == "bodyTooLarge(limit: 10)")
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `who expects to be asked is asked, once, and then answered`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n")
            let interim = try await client.response()
            #expect(interim.status == 100)
            #expect(interim["Content-Length"] == nil && interim["Transfer-Encoding"] == nil)
            try await client.send("abc" + RawRequest.get("/hello"))
            #expect(try await client.response().text == "abc")
            #expect(try await client.response().text == "hello")
        }
    }

    @Test func `who expects to be asked and is refused is told so at once`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(
                "POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 403)
            // Whether the body comes is the client's choice, so the next bytes could be either: it has to close.
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `who expects to be asked for too much is refused without being asked`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(
                "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.response().status == 413)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
        "POST /hello HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
    ])
    func `nobody is asked for a body that does not come, nor in HTTP 1 dot 0`(_ request: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request)
            #expect(try await client.response().status == 200)
        }
    }

    @Test(arguments: ["Expect: 200-ok", "Expect: 100-continue, other", "Expect: "])
    func `another expectation can not be met`(_ field: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\(field)\r\n\r\n")
            #expect(try await client.response().status == 417)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test(arguments: [0, 1, 1000, 64 * 1024])
    func `a refused request's body is swallowed where it is small, and the connection goes on`(_ count: Int)
        async throws
    {
        try await TestServer.run { server in
            let client = try await server.connect()
            let body = String(repeating: "x", count: count)
            try await client.send(RawRequest.post("/refuse", body) + RawRequest.post("/echo", "next"))
            let refused = try await client.response()
            #expect(refused.status == 403)
            #expect(refused["Connection"] == nil)
            #expect(try await client.response().text == "next")
        }
    }

    @Test func `a refused request's body that is large or chunked is not waited for`() async throws {
        let heads = ["Content-Length: 65537", "Transfer-Encoding: chunked"]
        for head in heads {
            try await TestServer.run { server in
                let client = try await server.connect()
                try await client.send("POST /refuse HTTP/1.1\r\nHost: a\r\n\(head)\r\n\r\n")
                let refused = try await client.response()
                #expect(refused.status == 403)
                #expect(refused["Connection"] == "close")
                #expect(try await client.readToEnd().isEmpty)
            }
        }
    }

    /// The client still sends when the answer comes: it must be able to send on and read it (RFC 9112 section 9.6).
    @Test func `a client that sends its whole body first can still read the refusal`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect(reads: false)
            let size = 3_000_000
            try await client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
            try await client.send([UInt8](repeating: 0x78, count: size))
            try await client.startReading()
            #expect(try await client.response().status == 403)
            #expect(try await client.wasReset() == false)
        }
    }

    /// Optional white space is no part of a field's value (RFC 9110 section 5.5).
    @Test(arguments: [
        "Content-Length: 3 \r\n\r\nabc", "Content-Length:3\r\n\r\nabc",
        "Content-Length: \t 3\r\n\r\nabc", "Transfer-Encoding: chunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ])
    func `white space around a value changes nothing`(_ rest: String) async throws {
        try await TestServer.run { server in
            for path in ["/echo", "/head"] {
                let client = try await server.connect()
                try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(rest)")
                let response = try await client.response()
                #expect(response.status == 200)
                #expect(response.text == (path == "/echo" ? "abc" : "POST|/head|-|body|tcp|host=a"))
            }
        }
    }

    /// The codec doesn't know the coding by its name then, and would take the body for the next request.
    @Test func `a transfer coding with a tab behind it is refused`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:chunked\t\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            #expect(try await client.response().status >= 400)
        }
    }

    @Test func `white space after a length does not hide it from the limits`() async throws {
        try await TestServer.run { server in
            let large = try await server.connect()
            try await large.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11 \r\n\r\n")
            let tooLarge = try? await large.response(within: .seconds(3))
            #expect(tooLarge?.status == 413)
            let refused = try await server.connect()
            try await refused.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 65537 \r\n\r\n")
            #expect(try await refused.response()["Connection"] == "close")
        }
    }
}
