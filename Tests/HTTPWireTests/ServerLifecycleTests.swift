import Foundation
import HTTPWire
import NIOCore
import NIOPosix
import Testing

/// How connections and the server end, and over which sockets it is reached.
@Suite(.timeLimit(.minutes(1)))
struct ServerLifecycleTests {
    @Test func `a client that has said all it has to say still gets its answers`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held") + RawRequest.post("/echo", "second"))
            try await client.finishSending()
            try await server.held.log.wait(forCount: 1)
            try await server.release("first")
            #expect(try await client.responses(2).map(\.text) == ["first", "second"])
            #expect(try await client.readToEnd().isEmpty)
            try await server.waitForConnections(0)
        }
    }

    @Test(arguments: [
        "", "G", "GET /hello HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
    ])
    func `a client that ends in the middle of a request is let go`(_ beginning: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(beginning)
            try await client.finishSending()
            try await client.readToEnd()
            try await server.waitForConnections(0)
        }
    }

    @Test func `a client that is gone takes its pending answer with it`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            try await client.reset()
            try await server.waitForConnections(0)
            try await server.release()
            try await server.settle()
        }
    }

    @Test func `an answer counts once, and one for a request that is over goes nowhere`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held") + RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            try await server.answer { reply in
                reply.send(TestResponder.text("one"))
                reply.send(TestResponder.text("again"))
                reply.closeUnanswered()
            }
            #expect(try await client.response().text == "one")
            try await server.held.log.wait(forCount: 2)
            try await server.release("two")
            #expect(try await client.response().text == "two")
        }
    }

    @Test func `a simulation can cut an answer or close without one`() async throws {
        try await TestServer.run { server in
            let cut = try await server.connect()
            try await cut.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            try await server.answer { $0.sendCut(TestResponder.text("0123456789"), bodyBytes: 4) }
            let bytes = String(decoding: try await cut.readToEnd(), as: UTF8.self)
            #expect(bytes.contains("Content-Length: 10\r\n"))
            #expect(bytes.hasSuffix("\r\n\r\n0123"))
            let silent = try await server.connect()
            try await silent.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 2)
            try await server.answer { $0.closeUnanswered() }
            #expect(try await silent.readToEnd().isEmpty)
        }
    }

    @Test func `connections that are reset at once are all counted out again`() async throws {
        try await TestServer.run { server in
            for _ in 0..<300 {
                try await (try await server.connect()).reset()
            }
            try await server.settle()
            try await server.waitForConnections(0)
        }
    }

    @Test func `stopping closes what is idle, finishes what is pending and takes nothing new`() async throws {
        try await TestServer.run { server in
            let idle = try await server.connect()
            try await idle.send(RawRequest.get("/hello"))
            _ = try await idle.response()
            let busy = try await server.connect()
            try await busy.send(RawRequest.get("/held") + RawRequest.get("/hello"))
            let uploading = try await server.connect()
            try await uploading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
            try await server.held.log.wait(forCount: 1)
            try await server.log.wait { $0.contains("POST /echo") }
            async let stopped: Void = server.server.stop(drain: .seconds(20))
            #expect(try await idle.readToEnd().isEmpty)
            await #expect(throws: (any Error).self) { try await server.connect() }
            try await server.release("last")
            let last = try await busy.response()
            #expect(last.text == "last")
            #expect(last["Connection"] == "close")
            #expect(try await busy.readToEnd().isEmpty)
            try await uploading.send("cd")
            let uploaded = try await uploading.response()
            #expect(uploaded.text == "abcd")
            #expect(uploaded["Connection"] == "close")
            await busy.close()
            await uploading.close()
            await stopped
            #expect(server.server.connectionCount == 0)
        }
    }

    @Test func `stopping cuts off what takes too long`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            await server.server.stop(drain: .milliseconds(20))
            #expect(try await client.readToEnd().isEmpty)
            try await server.waitForConnections(0)
        }
    }

    @Test func `only idle connections are closed where only those are meant`() async throws {
        try await TestServer.run { server in
            let idle = try await server.connect()
            try await idle.send(RawRequest.get("/hello"))
            _ = try await idle.response()
            let busy = try await server.connect()
            try await busy.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            await server.server.closeIdleConnections()
            #expect(try await idle.readToEnd().isEmpty)
            try await server.release()
            #expect(try await busy.response().text == "released")
            let later = try await server.connect()
            try await later.send(RawRequest.get("/hello"))
            #expect(try await later.response().text == "hello")
        }
    }

    @Test(arguments: [
        [RawRequest.get("/hello")], ["HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n"], [RawRequest.post("/echo", "abc")],
        [RawRequest.post("/echo", "a\r\n\r\n")],
        ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", "abc"],
        ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na", "b", "c"], [RawRequest.post("/echo", "")],
        ["POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
        ["POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n", "\r\n"],
        ["POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r", "\n"],
        [RawRequest.post("/refuse", "abc")], ["POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", "abc"],
        ["POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", "c"], ["GET /hello HTTP/1.1\nHost: a\n\n"],
    ])
    func `a connection is idle once its request is answered, however that came`(_ parts: [String]) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            for part in parts {
                try await client.send(part)
                try await server.settle()
            }
            #expect(try await client.response(hasBody: !parts[0].hasPrefix("HEAD")).status != 408)
            await server.server.closeIdleConnections()
            let rest = try? await client.readToEnd(within: .seconds(3))
            #expect(rest?.isEmpty == true, "the connection is taken for busy")
        }
    }

    @Test func `listening ends without ending connections`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/hello"))
            _ = try await client.response()
            await server.server.stopListening()
            await #expect(throws: (any Error).self) { try await server.connect() }
            try await client.send(RawRequest.get("/hello"))
            #expect(try await client.response().text == "hello")
        }
    }

    @Test func `a free port is taken and told`() async throws {
        try await TestServer.run { server in
            guard case .tcp(let host, let port) = server.address else { return #expect(Bool(false)) }
            #expect(host == "127.0.0.1")
            #expect(port > 0)
            let second = try await server.server.listen(on: .tcp(host: "127.0.0.1", port: 0))
            #expect(second != server.address)
            let client = try await RawClient.connect(to: second)
            try await client.send(RawRequest.get("/hello"))
            #expect(try await client.response().text == "hello")
            await #expect(throws: (any Error).self) { try await server.server.listen(on: server.address) }
        }
    }

    @Test func `a socket in the file system serves as well, and its file goes with it`() async throws {
        try await withSocketPath { path in
            try await TestServer.run(on: .unix(path: path)) { server in
                let client = try await server.connect()
                try await client.send(RawRequest.get("/head"))
                #expect(try await client.response().text == "GET|/head|-|no body|unix of \(getuid())|host=test")
                await #expect(throws: (any Error).self) { try await server.server.listen(on: .unix(path: path)) }
                try await client.send(RawRequest.get("/hello"))
                #expect(try await client.response().text == "hello")
                await server.server.stopListening()
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a socket's file that was left behind is replaced, any other file is not`() async throws {
        try await withSocketPath { path in
            // Under another name when its socket closes, so that the file outlives it.
            let left = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(unixDomainSocketPath: path + "0").get()
            try FileManager.default.moveItem(atPath: path + "0", toPath: path)
            try await left.close().get()
            #expect(FileManager.default.fileExists(atPath: path))
            // A process that another test starts at this moment holds the socket until it has begun.
            let client = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            while let held = try? await client.connect(unixDomainSocketPath: path).get() {
                try await held.close().get()
            }
            try await TestServer.run(on: .unix(path: path)) { server in
                let client = try await server.connect()
                try await client.send(RawRequest.get("/hello"))
                #expect(try await client.response().text == "hello")
            }
            try Data("mine".utf8).write(to: URL(filePath: path))
            await #expect(throws: (any Error).self) {
                try await TestServer.run(on: .unix(path: path)) { _ in }
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
        }
    }
}
