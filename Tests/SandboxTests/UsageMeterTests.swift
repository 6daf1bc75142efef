import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct UsageMeterTests {
    /// The first second of a day of UTC.
    private static let midnight = SandboxTime(microsecondsSince1970: 20_700 * 86_400 * 1_000_000)

    @Test func `nothing is limited unless it is asked for`() throws {
        var bench = try SandboxBench()
        for _ in 0..<500 { #expect(try bench.send().status == 200) }
    }

    @Test func `the limit per minute holds for the minute of the clock`() throws {
        var bench = try SandboxBench(#"{"limits":{"per_minute":2}}"#)
        bench.now = UsageMeterTests.midnight.adding(seconds: 59)
        #expect(try bench.send().status == 200)
        #expect(try bench.send().status == 200)
        let refused = try bench.send()
        #expect(refused.status == 429)
        #expect(refused.code == 8)
        #expect(refused.message == "per-minute limit exceeded")
        bench.pass(seconds: 1)
        #expect(try bench.send().status == 200)
        #expect(try bench.ledger().count == 3)
    }

    @Test func `the limit per day holds for the day of UTC`() throws {
        var bench = try SandboxBench(#"{"limits":{"per_day":2}}"#)
        bench.now = UsageMeterTests.midnight.adding(seconds: 86_399)
        #expect(try bench.send().status == 200)
        #expect(try bench.send().status == 200)
        let refused = try bench.send()
        #expect(refused.status == 429)
        #expect(refused.code == 8)
        #expect(refused.message == "daily quota exceeded")
        bench.pass(seconds: 1)
        #expect(try bench.send().status == 200)
    }

    @Test func `what is refused is not counted`() throws {
        var meter = UsageMeter(limits: UsageLimits(perMinute: 1, perDay: 2))
        var now = UsageMeterTests.midnight
        try meter.count("a", at: now)
        for _ in 0..<10 { #expect(throws: RPCStatus.self) { try meter.count("a", at: now) } }
        now = now.adding(seconds: 60)
        try meter.count("a", at: now)
        now = now.adding(seconds: 60)
        #expect(throws: RPCStatus(.resourceExhausted, "daily quota exceeded")) { try meter.count("a", at: now) }
    }

    @Test func `every app has limits of its own, whatever its key`() throws {
        var bench = try SandboxBench(
            """
            {"keys":[{"key":"a","app":"one"},{"key":"b","app":"one"},{"key":"c","app":"two"}],
            "limits":{"per_minute":1}}
            """)
        bench.key = "a"
        #expect(try bench.send().status == 200)
        bench.key = "b"
        #expect(try bench.send().status == 429)
        bench.key = "c"
        #expect(try bench.send().status == 200)
    }

    @Test func `sends, uploads and reads count alike`() throws {
        var bench = try SandboxBench(#"{"limits":{"per_minute":3}}"#)
        #expect(try bench.send().status == 200)
        #expect(try bench.post(SandboxBench.uploadTokenPath, "{}").status == 200)
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 200)
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 429)
        #expect(try bench.post(SandboxBench.uploadTokenPath, "{}").status == 429)
    }

    @Test func `a request without the right to call costs nothing, one with a wrong body does`() throws {
        var bench = try SandboxBench(#"{"limits":{"per_minute":1}}"#)
        bench.key = "wrong"
        #expect(try bench.send().status == 401)
        bench.key = "sandbox-divar-key"
        #expect(try bench.get(SandboxBench.readPath).status == 401)
        #expect(try bench.post(SandboxBench.conversationPath, "{}").status == 400)
        #expect(try bench.send().status == 429)
    }

    @Test func `limits that are set by a call count from zero`() throws {
        var bench = try SandboxBench()
        #expect(try bench.send().status == 200)
        #expect(try bench.control("POST", "/limits", #"{"per_minute":1}"#).status == 200)
        #expect(try bench.send().status == 200)
        #expect(try bench.send().status == 429)
        #expect(try bench.control("POST", "/limits", #"{"per_minute":null}"#).status == 200)
        #expect(try bench.send().status == 200)
        #expect(try bench.control("POST", "/limits", #"{"per_day":0}"#).status == 200)
        #expect(try bench.send().message == "daily quota exceeded")
    }

    @Test func `there are never more apps in the meter than its limit`() throws {
        var meter = UsageMeter(limits: UsageLimits(perMinute: 1))
        for number in 0...SandboxLimits.meteredApps {
            try meter.count("app\(number)", at: UsageMeterTests.midnight)
        }
        // Counting began anew with the last one.
        try meter.count("app0", at: UsageMeterTests.midnight)
        let last = "app\(SandboxLimits.meteredApps)"
        #expect(throws: RPCStatus.self) { try meter.count(last, at: UsageMeterTests.midnight) }
    }
}
