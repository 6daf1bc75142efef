import HTTPWire
import NIOCore
import Testing

/// Requests and their answers over a real socket.
@Suite(.timeLimit(.minutes(1)))
struct ServerRequestTests {
    @Test func `an answer has its length, its type and the date`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/hello"))
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == "hello")
            #expect(response["Content-Length"] == "5")
            #expect(response["Content-Type"] == "text/plain")
            #expect(response["Date"]?.hasSuffix(" GMT") == true)
            #expect(response["Connection"] == nil)
            #expect(response["Transfer-Encoding"] == nil)
        }
    }

    @Test func `one connection serves request after request`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            for number in 0..<50 {
                try await client.send(RawRequest.post("/echo", "body \(number)"))
                #expect(try await client.response().text == "body \(number)")
            }
            #expect(server.server.connectionCount == 1)
        }
    }

    @Test func `a hundred requests in one write are answered in their order`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let requests = (0..<100).map { RawRequest.post("/echo", "number \($0)") }
            try await client.send(requests.joined())
            #expect(try await client.responses(100).map(\.text) == (0..<100).map { "number \($0)" })
        }
    }

    @Test func `pipelined requests wait while an answer is pending, one request at a time`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held") + (0..<40).map { RawRequest.post("/echo", "\($0)") }.joined())
            try await server.held.log.wait(forCount: 1)
            try await server.settle()
            #expect(server.log.events.filter { $0 == "POST /echo" } == [])
            try await server.release("first")
            let texts = try await client.responses(41).map(\.text)
            #expect(texts == ["first"] + (0..<40).map { "\($0)" })
        }
    }

    @Test func `requests byte by byte are requests`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.sendByteByByte(RawRequest.post("/echo", "abc") + RawRequest.get("/hello"))
            #expect(try await client.responses(2).map(\.text) == ["abc", "hello"])
        }
    }

    @Test func `the answer to HEAD has the length of a body and no body`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + RawRequest.get("/hello"))
            let head = try await client.response(hasBody: false)
            #expect(head.status == 200)
            #expect(head["Content-Length"] == "5")
            let next = try await client.response()
            #expect(next.text == "hello")
        }
    }

    @Test(arguments: [204, 304])
    func `an answer that can have no body has none, and the next one follows`(_ status: Int) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/status?\(status)") + RawRequest.get("/hello"))
            let response = try await client.response()
            #expect(response.status == status)
            #expect(response["Transfer-Encoding"] == nil)
            #expect(try await client.response().text == "hello")
        }
    }

    @Test(arguments: [
        ("GET /head HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head|-|no body|tcp|host=a"),
        ("GET /head?a=b&c=%20 HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head|a=b&c=%20|no body|tcp|host=a"),
        ("GET /head? HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head||no body|tcp|host=a"),
        ("GET /head?a?b HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head|a?b|no body|tcp|host=a"),
        ("GET http://a/head?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head|q|no body|tcp|host=a"),
        ("DELETE /head HTTP/1.1\r\nHOST: a\r\n\r\n", "DELETE|/head|-|no body|tcp|host=a"),
        ("PATCH /head HTTP/1.1\r\nhost: a\r\n\r\n", "PATCH|/head|-|no body|tcp|host=a"),
        ("POST /head HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST|/head|-|no body|tcp|host=a"),
        ("POST /head HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "POST|/head|-|body|tcp|host=a"),
        (
            "POST /head HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
            "POST|/head|-|body|tcp|host=a"
        ),
        (
            "GET /head HTTP/1.1\r\nHost: a\r\nauthorization:  Bearer x \r\nX-Access-Token: t\r\nX-Other: y\r\n\r\n",
            "GET|/head|-|no body|tcp|authorization=Bearer x;x-access-token=t;host=a"
        ),
        (
            "GET /head HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTraceparent: 00\r\nOrigin: o\r\n\r\n",
            "GET|/head|-|no body|tcp|content-type=application/json;host=a;origin=o;traceparent=00"
        ),
        ("\r\nGET /head HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/head|-|no body|tcp|host=a"),
    ])
    func `a head is read as it came`(_ request: String, _ description: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request)
            let response = try await client.response()
            #expect(response.status == 200)
            #expect(response.text == description)
        }
    }

    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", "GET /hello HTTP/1.0\r\n\r\n",
        "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /hello HTTP/1.0\r\nHost: a\r\n\r\n",
    ])
    func `a connection that is not kept alive is closed after its answer, and says so`(_ request: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(request + RawRequest.get("/echo"))
            let response = try await client.response()
            #expect(response.text == "hello")
            #expect(response["Connection"] == "close")
            #expect(try await client.readToEnd().isEmpty)
            await client.close()
            try await server.waitForConnections(0)
        }
    }

    /// Many clients offer HTTP/2 on their first request and go on with HTTP/1.1 where they are not taken up on it.
    @Test(arguments: ["h2c", "websocket"])
    func `an offer to upgrade is passed over and the connection stays usable`(_ offer: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let fields = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: \(offer)\r\nHTTP2-Settings: AAMAAABk\r\n"
            try await client.send(RawRequest.get("/hello", fields: fields))
            let first = try await client.response()
            #expect(first.text == "hello")
            guard first["Connection"] != "close" else { return }
            try await client.send(RawRequest.post("/echo", "second"))
            let second = try? await client.response(within: .seconds(3))
            #expect(second?.text == "second", "the second request was not answered")
        }
    }
}
