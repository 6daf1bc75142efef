@testable import HTTPWire
import NIOCore
import Testing

/// Answers that come bit by bit.
@Suite(.timeLimit(.minutes(1)))
struct ServerStreamTests {
    @Test func `it has no length, and ends with its connection`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/stream?3"))
            let answer = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(!answer.contains("Content-Length"))
            #expect(answer.hasSuffix("\r\n\r\npart 0\npart 1\npart 2\n"))
        }
    }

    /// What a client doesn't take would pile up in memory.
    @Test func `a client that takes too little is cut off`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/stream?-1"))
            let answer = try await client.readToEnd()
            #expect(!answer.isEmpty)
            _ = try await server.log.wait { $0.contains("abandoned") }
            #expect(server.log.events.contains { $0.hasPrefix("written ") })
        }
    }
}
