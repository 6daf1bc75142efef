import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct SeedTests {
    /// What a series of requests meets, one letter each.
    private static func trace(seed: UInt64, requests: Int) throws -> String {
        var bench = try SandboxBench(
            """
            {"seed":\(seed),"faults":[{"kind":"status","status":500,"probability":0.2},
            {"kind":"cut-before-head","probability":0.2,"when":"after"},
            {"kind":"latency","milliseconds":10,"probability":0.3}]}
            """)
        return try SeedTests.trace(&bench, requests: requests)
    }

    private static func trace(_ bench: inout SandboxBench, requests: Int) throws -> String {
        var trace = ""
        for _ in 0..<requests {
            var reply = bench.reply("POST", SandboxBench.conversationPath, body: SandboxBench.text)
            if case .wait(_, let pending) = reply {
                trace += "w"
                reply = bench.world.resume(pending, at: bench.now)
            }
            switch reply {
            case .respond(let response): trace += response.status == 200 ? "." : "s"
            case .close: trace += "c"
            default: trace += "?"
            }
        }
        return trace
    }

    @Test func `the same seed replays the same trace`() throws {
        let seed = UInt64.random(in: 0...UInt64(Int.max))
        let trace = try SeedTests.trace(seed: seed, requests: 300)
        #expect(try SeedTests.trace(seed: seed, requests: 300) == trace, "seed \(seed)")
        for letter in ".sw" { #expect(trace.contains(letter), "seed \(seed): \(trace)") }
        #expect(try SeedTests.trace(seed: seed ^ 1, requests: 300) != trace, "seed \(seed)")
    }

    @Test func `a reset replays the trace and the ids`() throws {
        var bench = try SandboxBench(
            #"{"seed":7,"faults":[{"kind":"cut-before-head","probability":0.5,"when":"after"}]}"#)
        let first = try SeedTests.trace(&bench, requests: 100)
        let ids = try bench.ledger().compactMap { $0["message_id"]?.stringValue }
        #expect(Set(ids).count == 100)
        #expect(try bench.control("POST", "/reset", "{}").status == 200)
        #expect(try bench.ledger().isEmpty)
        #expect(try SeedTests.trace(&bench, requests: 100) == first)
        #expect(try bench.ledger().compactMap { $0["message_id"]?.stringValue } == ids)
    }

    @Test func `a fault of other requests doesn't disturb the trace`() throws {
        let fault = #"{"kind":"status","status":500,"probability":0.5,"endpoint":"v1.bot.conversation"}"#
        var alone = try SandboxBench(#"{"faults":[\#(fault)]}"#)
        var mixed = try SandboxBench(#"{"faults":[\#(fault)]}"#)
        for _ in 0..<100 {
            _ = try mixed.get(SandboxBench.readPath, token: "sandbox-user-token")
            #expect(try alone.send().status == mixed.send().status)
        }
    }

    @Test(arguments: [0.0, 0.1, 0.5, 0.9, 1.0])
    func `a probability is one`(probability: Double) {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix64(seed: seed)
        let hits = (0..<20_000).count { _ in generator.happens(probability) }
        #expect(abs(Double(hits) / 20_000 - probability) < 0.02, "seed \(seed)")
    }

    @Test func `the generator is the published one`() {
        // The first outputs for the seed 1234567, as the reference implementation gives them.
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }
}
