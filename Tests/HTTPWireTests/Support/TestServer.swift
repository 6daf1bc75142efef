import Foundation
@testable import HTTPWire
import NIOCore
import NIOPosix

/// An `HTTPServer` on one event loop of its own, listening on a free port.
struct TestServer: Sendable {
    let server: HTTPServer
    let address: ListenAddress
    let held: HeldReplies
    /// The requests that were admitted, as in `GET /hello`.
    let log: EventLog<String>
    let loop: any EventLoop

    /// Runs a server for as long as the body runs.
    static func run(
        limits: ServerLimits = ServerLimits(),
        on address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let held = HeldReplies(loop: loop)
        let log = EventLog<String>()
        let server = try await HTTPServer(group: group, limits: limits) { _ in TestResponder(held: held, log: log) }
        do {
            let bound = try await server.listen(on: address)
            try await body(TestServer(server: server, address: bound, held: held, log: log, loop: loop))
        } catch {
            await end(server, group)
            throw error
        }
        await end(server, group)
    }

    private static func end(_ server: HTTPServer, _ group: MultiThreadedEventLoopGroup) async {
        await server.stop(drain: .zero)
        try? await group.shutdownGracefully()
    }

    func connect(reads: Bool = true, sending greeting: String = "") async throws -> RawClient {
        try await RawClient.connect(to: address, reads: reads, sending: greeting)
    }

    /// Gives the eldest held answer.
    func release(_ text: String = "released", status: Int = 200) async throws {
        try await answer { $0.send(TestResponder.text(text, status: status)) }
    }

    func answer(_ use: @escaping @Sendable (Reply) -> Void) async throws {
        let held = held
        try await loop.submit { held.release(use) }.get()
    }

    /// Returns when the loop has looked at every socket since: what was sent before has been read by then.
    func settle() async throws {
        let witness = try await connect()
        for _ in 0..<2 {
            try await witness.send(RawRequest.get("/hello"))
            _ = try await witness.response()
        }
        await witness.close()
    }

    /// Waits until so many connections are open.
    func waitForConnections(_ count: Int) async throws {
        let end = NIODeadline.now() + .seconds(10)
        while server.connectionCount != count {
            guard NIODeadline.now() < end else { throw EventLog<Int>.NeverHappened(events: [server.connectionCount]) }
            try await loop.submit {}.get()
        }
    }
}

/// Texts of requests.
enum RawRequest {
    static func get(_ path: String, fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n"
    }

    static func post(_ path: String, _ body: String, fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }
}

extension ServerLimits {
    static func with(_ change: (inout ServerLimits) -> Void) -> ServerLimits {
        var limits = ServerLimits()
        change(&limits)
        return limits
    }
}

/// Runs with a path for a socket that nobody else has, and takes it away again.
func withSocketPath(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "s\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "s").path(percentEncoded: false))
}
