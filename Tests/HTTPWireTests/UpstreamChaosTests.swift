import SeededCases
import HTTPWire
import NIOCore
import Testing

/// An upstream that does anything: every call ends once, in time, and never with the answer to another.
@Suite(.timeLimit(.minutes(2)))
struct UpstreamChaosTests {
    /// What the server does about a request follows from its path alone, so a seed gives the same run again.
    private static let script: ScriptedServer.Script = { _, _, text in
        let path = String(text.split(separator: " ")[1])
        let kind = path.split(separator: "-").last.flatMap { Int($0) } ?? 0
        let answer = ScriptedServer.ok(path)
        return switch kind {
        case 0: [.write(String(answer.prefix(30))), .write(String(answer.dropFirst(30)))]
        case 1: [.write(ScriptedServer.ok(path, fields: "Connection: close\r\n"))]
        case 2: [.write(ScriptedServer.ok(path, fields: "Connection: close\r\n")), .close]
        case 3: [.close]
        case 4: [.write(String(answer.dropLast(2))), .close]
        case 5: [.write(String(answer.prefix(20))), .reset]
        case 6: [.write(answer + ScriptedServer.ok("surplus"))]
        case 7: [.write(answer), .close]
        case 8: [.write("nonsense\r\n\r\n")]
        case 9: []
        default: [.write(answer)]
        }
    }

    @Test func `every call ends once and with its own answer`() async throws {
        let limits = UpstreamLimits.with {
            $0.connectionsPerLoop = 4
            $0.waitersPerLoop = 30
            $0.idle = .milliseconds(20)
        }
        try await ScriptedServer.run(script: UpstreamChaosTests.script) { server in
            try await PoolHarness.run(origin: try server.origin, limits: limits) { pool in
                var random = SplitMix64()
                for round in 0..<40 {
                    let paths = (0..<25).map { "/\(round)-\($0)-\(random.below(40))" }
                    let calls = paths.map { path in
                        pool.start(.sample(path), deadline: .milliseconds(Int64(20 + random.below(300))))
                    }
                    for (path, call) in zip(paths, calls) { check(try await call.get(), path, round) }
                    #expect(try await pool.openConnections <= 4, "\(replay(round))")
                }
                try await pool.waitForConnections(0)
            }
        }
    }

    private func check(_ outcome: PoolHarness.Outcome, _ path: String, _ round: Int) {
        switch outcome {
        case .success(let response):
            #expect(String(decoding: response.body, as: UTF8.self) == path, "\(replay(round))")
        case .failure(let failure):
            let reasons: [UpstreamFailure.Reason] = [.closed, .deadline, .malformedAnswer, .noConnectionFree]
            #expect(reasons.contains(failure.reason), "\(failure), \(replay(round))")
            if failure.reason == .noConnectionFree { #expect(!failure.requestStarted) }
            if failure.reason == .malformedAnswer { #expect(failure.requestStarted) }
        }
    }
}
