import Foundation
import HTTPWire
import NIOCore
import Testing

/// Clients that are slow, rude or broken, and what the others and they themselves may still expect.
@Suite(.timeLimit(.minutes(2)))
struct ServerAdversaryTests {
    private static let large = 16_000_000

    /// The answer is owed as long as it is being taken, also where the connection closes behind it.
    @Test(arguments: [
        "GET /big?16000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /big?16000000 HTTP/1.0\r\n\r\n",
    ])
    func `a slow reader gets the whole of a last answer`(_ request: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect(reads: false)
            try await client.send(request)
            try await server.log.wait(forCount: 1)
            // Slower than the time that a closing connection lingers, faster than the time for taking an answer.
            try await client.channel.eventLoop.scheduleTask(in: .milliseconds(2_600)) {}.futureResult.get()
            try await client.startReading()
            #expect(try await client.response().body.count == ServerAdversaryTests.large)
        }
    }

    @Test func `stopping lets a slow reader finish the answer that it is reading`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect(reads: false)
            try await client.send(RawRequest.get("/big?\(ServerAdversaryTests.large)"))
            try await server.log.wait(forCount: 1)
            let witness = try await server.connect()
            try await witness.send(RawRequest.get("/hello"))
            _ = try await witness.response()
            async let stopped: Void = server.server.stop(drain: .seconds(20))
            // The witness is idle, so its end says that the stop has reached the connections.
            try await witness.readToEnd()
            try await server.loop.submit {}.get()
            try await client.startReading()
            let response = try? await client.response()
            #expect(response?.body.count == ServerAdversaryTests.large)
            await client.close()
            await stopped
        }
    }

    /// RFC 9112 section 9.6: closing while bytes still come makes a reset that can take the answer away.
    @Test(arguments: [
        "GET /hello HTTP/1.1\r\nNo colon\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 20_000),
        "GET /" + String(repeating: "x", count: 20_000),
    ])
    func `a refused client that keeps sending is listened to for a while`(_ nonsense: String) async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(nonsense)
            #expect(try await client.response().status >= 400)
            let answered = ContinuousClock.now
            for _ in 0..<3 {
                await client.trySending("more of it\r\n")
                try await server.settle()
            }
            let wasReset = try await client.wasReset()
            // A connection lingers for two seconds; on a busy machine they may have passed.
            #expect(!wasReset || answered.duration(to: .now) > .seconds(1.5), "closed while the client was sending")
        }
    }

    @Test func `nonsense behind a request does not cost the client its answer`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            for nonsense in ["\u{0}\u{1}nonsense\r\n\r\n", "and more of it\r\n", "and more\r\n\r\n"] {
                await client.trySending(nonsense)
                try await server.settle()
            }
            try await server.release()
            let response = try? await client.response()
            #expect(response?.text == "released")
        }
    }

    /// The limit is on those that are served: who is turned away must not take the place of who comes next.
    @Test func `a client that was turned away and stays does not keep others out`() async throws {
        try await TestServer.run(limits: .with { $0.connections = 1 }) { server in
            let first = try await server.connect()
            try await first.send(RawRequest.get("/hello"))
            _ = try await first.response()
            let turnedAway = try await server.connect()
            #expect(try await turnedAway.response().status == 503)
            await first.close()
            try await server.settleWithout(turnedAway)
            let next = try await server.connect()
            try await next.send(RawRequest.get("/hello"))
            #expect(try await next.response().status == 200)
        }
    }

    @Test func `a client that pipelines more than it reads is slowed down, not lost`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect(reads: false)
            let requests = 3_000
            let sending = Task {
                try await client.send(String(repeating: RawRequest.post("/echo", "0123456789"), count: requests))
            }
            try await client.startReading()
            for _ in 0..<requests { #expect(try await client.response().text == "0123456789") }
            try await sending.value
        }
    }

    @Test func `a connection that is being answered reads ahead only so far`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            try await client.send(RawRequest.get("/held"))
            try await server.held.log.wait(forCount: 1)
            // More than any buffer on the way takes: it is only all sent once the server reads again.
            let body = String(repeating: "x", count: 90_000)
            let sent = EventLog<Bool>()
            let sending = Task {
                try await client.send(String(repeating: RawRequest.post("/echo", body), count: 300))
                sent.append(true)
            }
            for _ in 0..<3 { try await server.settle() }
            #expect(sent.events.isEmpty, "everything was taken in while an answer was pending")
            try await server.release()
            #expect(try await client.response().text == "released")
            for _ in 0..<300 { #expect(try await client.response().body.count == 90_000) }
            try await sending.value
        }
    }

    /// What follows an offer to upgrade may wait in the socket or be dropped; it must not be kept in memory. The memory
    /// is that of the process, in which other tests run, so the flood is two gigabytes.
    @Test func `bytes behind an offer to upgrade are not hoarded`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect()
            let offer = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            try await client.send(RawRequest.get("/held", fields: offer))
            try await server.held.log.wait(forCount: 1)
            let before = try ServerAdversaryTests.residentBytes()
            let sending = Task {
                let part = [UInt8](repeating: 0x78, count: 1_000_000)
                for _ in 0..<2000 { try await client.send(part) }
            }
            var grown = 0
            for _ in 0..<300 where grown < 1_000_000_000 {
                try await server.settle()
                grown = try ServerAdversaryTests.residentBytes() - before
            }
            await client.close()
            _ = try? await sending.value
            #expect(grown < 1_000_000_000, "memory grew while an answer was pending")
        }
    }

    /// The memory that this process has, from proc(5).
    private static func residentBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(pages[1]) ?? 0) * 4096
    }

    /// Answers that nobody takes must not pile up: requests wait until the ones before them are taken.
    @Test func `a client that does not read its answers is not given more of them`() async throws {
        try await TestServer.run { server in
            let client = try await server.connect(reads: false)
            let requests = 400
            let sending = Task {
                try await client.send(String(repeating: RawRequest.get("/big?200000"), count: requests))
            }
            try await server.log.wait(forCount: 1)
            for _ in 0..<5 { try await server.settle() }
            let begun = server.log.events.count { $0 == "GET /big" }
            #expect(begun < 100, "\(begun) answers of 200 kB were made for a client that reads none")
            try await client.startReading()
            for _ in 0..<requests { #expect(try await client.response().body.count == 200_000) }
            try await sending.value
        }
    }

    /// The limit is for one answer, however many are on their way.
    @Test func `a client that takes its answers slowly but steadily is not cut off`() async throws {
        try await TestServer.run(limits: .with { $0.responseWrite = .seconds(3) }) { server in
            let client = try await server.connect(reads: false)
            try await client.send(String(repeating: RawRequest.get("/big?500000"), count: 48))
            let reading = client.channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .milliseconds(10)
            ) { _ in client.channel.read() }
            for _ in 0..<48 {
                guard let response = try? await client.response() else {
                    Issue.record("the client was cut off")
                    break
                }
                #expect(response.body.count == 500_000)
            }
            reading.cancel()
        }
    }

    /// The second request is whole; that it has to wait for the client to read is no fault of its head.
    @Test func `a whole request behind an answer that is being taken is not late`() async throws {
        try await TestServer.run(limits: .with { $0.headerRead = .milliseconds(300) }) { server in
            let client = try await server.connect(reads: false)
            try await client.send(RawRequest.get("/big?\(ServerAdversaryTests.large)"))
            try await server.log.wait(forCount: 1)
            try await client.send(RawRequest.post("/echo", "next"))
            try await client.channel.eventLoop.scheduleTask(in: .seconds(1)) {}.futureResult.get()
            try await client.startReading()
            #expect(try await client.response().body.count == ServerAdversaryTests.large)
            #expect(try await client.response().text == "next")
        }
    }

    @Test func `a head that began behind an answer that is being taken has its time once that is taken`() async throws {
        try await TestServer.run(limits: .with { $0.headerRead = .milliseconds(300) }) { server in
            let client = try await server.connect(reads: false)
            try await client.send(RawRequest.get("/big?\(ServerAdversaryTests.large)"))
            try await server.log.wait(forCount: 1)
            try await client.send("GET /hello HTTP/1.1\r\nHos")
            try await server.settle()
            try await client.startReading()
            #expect(try await client.response().body.count == ServerAdversaryTests.large)
            let late = try? await client.response(within: .seconds(5))
            #expect(late?.status == 408)
        }
    }

    @Test func `an answer that is being taken does not count as idleness`() async throws {
        try await TestServer.run(limits: .with { $0.idle = .seconds(1) }) { server in
            let request = RawRequest.get("/big?\(ServerAdversaryTests.large)")
            let client = try await server.connect(reads: false, sending: request)
            try await server.log.wait(forCount: 1)
            try await client.channel.eventLoop.scheduleTask(in: .milliseconds(2_200)) {}.futureResult.get()
            try await client.startReading()
            let response = try? await client.response()
            #expect(response?.body.count == ServerAdversaryTests.large)
        }
    }
}

extension TestServer {
    /// Waits until only this client's connection is left, or at least until the loop has seen all others end.
    fileprivate func settleWithout(_ client: RawClient) async throws {
        for _ in 0..<50 where server.connectionCount > 1 { try await loop.submit {}.get() }
        try await client.channel.eventLoop.submit {}.get()
    }
}
