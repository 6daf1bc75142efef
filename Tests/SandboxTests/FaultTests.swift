import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct FaultTests {
    private static func bench(_ fault: String) throws -> SandboxBench {
        try SandboxBench(#"{"faults":[\#(fault)]}"#)
    }

    private static func send(_ bench: inout SandboxBench) -> SandboxReply {
        bench.reply("POST", SandboxBench.conversationPath, body: SandboxBench.text)
    }

    /// Every kind but latency, as its JSON begins.
    private static let spoiling = [
        #""kind":"edge-html""#, #""kind":"cut-before-head""#, #""kind":"cut-in-body""#, #""kind":"never-answer""#,
        #""kind":"refuse-connections","duration_ms":100"#, #""kind":"empty-body""#, #""kind":"wrong-shape""#,
        #""kind":"huge-body""#, #""kind":"redirect""#, #""kind":"status","status":503"#,
    ]

    @Test(arguments: spoiling)
    func `before means that the message is not accepted`(fault: String) throws {
        for when in ["", #","when":"before""#] {
            var bench = try FaultTests.bench("{\(fault)\(when),\"times\":1}")
            _ = FaultTests.send(&bench)
            #expect(try bench.ledger().isEmpty)
            #expect(try bench.texts().count == 1)
            #expect(try bench.send().status == 200)
        }
    }

    @Test(arguments: spoiling)
    func `after means that the message is accepted`(fault: String) throws {
        var bench = try FaultTests.bench("{\(fault),\"when\":\"after\",\"times\":1}")
        _ = FaultTests.send(&bench)
        #expect(try bench.ledger().count == 1)
        #expect(try bench.texts() == [SandboxDefaults.greeting, "hello"])
    }

    @Test(arguments: [(nil, 502), (200, 200), (403, 403), (503, 503)] as [(Int?, Int)])
    func `an edge answers with a page`(status: Int?, expected: Int) throws {
        let parameter = status.map { #","status":\#($0)"# } ?? ""
        var bench = try FaultTests.bench(#"{"kind":"edge-html"\#(parameter)}"#)
        guard case .respond(let response) = FaultTests.send(&bench) else {
            Issue.record("no answer")
            return
        }
        #expect(response.status == expected)
        #expect(response.contentType?.hasPrefix("text/html") == true)
        #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
    }

    @Test(arguments: ["before", "after"])
    func `an answer is cut in its body`(when: String) throws {
        var bench = try FaultTests.bench(#"{"kind":"cut-in-body","when":"\#(when)"}"#)
        guard case .cut(let response, let bodyBytes) = FaultTests.send(&bench) else {
            Issue.record("not cut")
            return
        }
        #expect(response.status == 200)
        #expect(try JSONParser.parse(response.body)["conversation_id"]?.stringValue == "sandbox-conversation")
        #expect(bodyBytes == response.body.count / 2 && bodyBytes > 0)
    }

    @Test func `a connection is cut, held or refused`() throws {
        var cut = try FaultTests.bench(#"{"kind":"cut-before-head"}"#)
        guard case .close = FaultTests.send(&cut) else {
            Issue.record("not closed")
            return
        }
        var held = try FaultTests.bench(#"{"kind":"never-answer"}"#)
        guard case .hold(milliseconds: 60_000) = FaultTests.send(&held) else {
            Issue.record("not held")
            return
        }
        var refused = try FaultTests.bench(#"{"kind":"refuse-connections","duration_ms":250}"#)
        guard case .refuseConnections(milliseconds: 250, answering: nil) = FaultTests.send(&refused) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `an answer has the wrong body`() throws {
        var empty = try FaultTests.bench(#"{"kind":"empty-body"}"#)
        guard case .respond(let response) = FaultTests.send(&empty) else {
            Issue.record("no answer")
            return
        }
        #expect(response.status == 200 && response.body.isEmpty)
        var wrong = try FaultTests.bench(#"{"kind":"wrong-shape"}"#)
        let answer = try SandboxBench.answer(FaultTests.send(&wrong))
        #expect(answer.status == 200 && answer.json == .array([]))
        var huge = try FaultTests.bench(#"{"kind":"huge-body"}"#)
        guard case .respond(let large) = FaultTests.send(&huge) else {
            Issue.record("no answer")
            return
        }
        #expect(large.status == 200)
        #expect(large.body.count > 4 * 1024 * 1024)
        #expect(large.body.first == UInt8(ascii: "{") && large.body.last == UInt8(ascii: "}"))
    }

    @Test func `a wrong body keeps the status that the request would have got`() throws {
        var bench = try FaultTests.bench(#"{"kind":"wrong-shape"}"#)
        bench.key = "unknown"
        let answer = try SandboxBench.answer(FaultTests.send(&bench))
        #expect(answer.status == 401 && answer.json == .array([]))
    }

    @Test(arguments: [(nil, "/elsewhere"), ("https://example.com/x", "https://example.com/x")] as [(String?, String)])
    func `a redirect is a 302 that leads elsewhere`(location: String?, expected: String) throws {
        let parameter = location.map { #","location":"\#($0)""# } ?? ""
        var bench = try FaultTests.bench(#"{"kind":"redirect"\#(parameter)}"#)
        guard case .respond(let response) = FaultTests.send(&bench) else {
            Issue.record("no answer")
            return
        }
        #expect(response.status == 302)
        #expect(response.fields.map(\.name) == ["Location"] && response.fields.map(\.value) == [expected])
    }

    @Test func `a status is answered as Divar would`() throws {
        var bench = try FaultTests.bench(
            #"{"kind":"status","status":429,"code":8,"message":"daily quota exceeded","times":1}"#)
        let answer = try SandboxBench.answer(FaultTests.send(&bench))
        #expect(answer.status == 429)
        #expect(
            answer.json
                == (try JSONParser.parse(
                    Array(#"{"code":8,"message":"daily quota exceeded","details":[]}"#.utf8))))
        #expect(try bench.control("POST", "/faults", #"{"kind":"status","status":503}"#).status == 200)
        let second = try SandboxBench.answer(FaultTests.send(&bench))
        #expect(second.status == 503 && second.code == 14)
    }

    @Test func `a route that is gone is an unknown path until it is cleared`() throws {
        var bench = try FaultTests.bench(#"{"kind":"route-gone","endpoint":"v1.bot.conversation"}"#)
        for _ in 0..<3 {
            let answer = try bench.send()
            #expect(answer.status == 404)
            #expect(answer.code == 5)
            #expect(answer.message == "Not Found")
        }
        #expect(try bench.get(SandboxBench.conversationPath).status == 404)
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 200)
        #expect(try bench.control("DELETE", "/faults").status == 200)
        #expect(try bench.send().status == 200)
    }

    @Test func `latency before the handling waits, then handles`() throws {
        var bench = try FaultTests.bench(#"{"kind":"latency","milliseconds":1500,"times":1}"#)
        guard case .wait(milliseconds: 1500, let pending) = FaultTests.send(&bench) else {
            Issue.record("not waiting")
            return
        }
        #expect(try bench.ledger().isEmpty)
        #expect(try bench.send("in between").status == 200)
        bench.pass(seconds: 2)
        #expect(try SandboxBench.answer(bench.world.resume(pending, at: bench.now)).status == 200)
        #expect(try bench.texts() == [SandboxDefaults.greeting, "in between", "hello"])
    }

    @Test func `latency after the handling answers late with what was true then`() throws {
        var bench = try FaultTests.bench(
            #"{"kind":"latency","milliseconds":20,"when":"after","endpoint":"v1.conversation","times":1}"#)
        let reply = bench.reply("GET", SandboxBench.readPath, token: "sandbox-user-token")
        #expect(try bench.send().status == 200)
        guard case .delay(milliseconds: 20, let later) = reply else {
            Issue.record("not delayed")
            return
        }
        #expect(try SandboxBench.answer(later).json["messages"]?.arrayValue?.count == 1)
    }

    @Test func `latency goes together with another fault`() throws {
        var bench = try SandboxBench(
            """
            {"faults":[{"kind":"latency","milliseconds":5},{"kind":"latency","milliseconds":7},
            {"kind":"cut-before-head","when":"after"},{"kind":"never-answer"}]}
            """)
        guard case .wait(milliseconds: 5, let pending) = FaultTests.send(&bench),
            case .close = bench.world.resume(pending, at: bench.now)
        else {
            Issue.record("not both")
            return
        }
        #expect(try bench.ledger().count == 1)
        let last = try #require(try bench.control("GET", "/requests").json["recent"]?.arrayValue?.last)
        #expect(last["faults"] == .array([.string("latency"), .string("cut-before-head")]))
        #expect(last["status"] == .null)
    }

    @Test func `nothing of a world that was reset reaches the new one`() throws {
        var bench = try FaultTests.bench(#"{"kind":"latency","milliseconds":5,"times":1}"#)
        guard case .wait(_, let pending) = FaultTests.send(&bench) else {
            Issue.record("not waiting")
            return
        }
        #expect(try bench.control("POST", "/reset").status == 200)
        guard case .close = bench.world.resume(pending, at: bench.now) else {
            Issue.record("not closed")
            return
        }
        #expect(try bench.ledger().isEmpty)
    }

    @Test func `a fault hits as many requests as it says, and only its endpoint's`() throws {
        var bench = try FaultTests.bench(
            #"{"kind":"status","status":500,"endpoint":"v1.bot.conversation","times":2}"#)
        #expect(try bench.post(SandboxBench.asUserPath, #"{"message":"x"}"#, token: "sandbox-user-token").status == 200)
        #expect(try (0..<4).map { _ in try bench.send().status } == [500, 500, 200, 200])
        #expect(try bench.control("GET", "/faults").json["faults"] == .array([]))
    }

    @Test func `the first fault that matches applies`() throws {
        var bench = try SandboxBench(
            """
            {"faults":[{"kind":"status","status":500,"endpoint":"upload"},
            {"kind":"status","status":501,"times":1},{"kind":"status","status":502,"times":1}]}
            """)
        #expect(try (0..<3).map { _ in try bench.send().status } == [501, 502, 200])
    }

    @Test func `a fault for any endpoint hits unknown paths, but no control call`() throws {
        var bench = try FaultTests.bench(#"{"kind":"status","status":503}"#)
        #expect(try bench.get("/nowhere").status == 503)
        #expect(try bench.control("GET", "").status == 200)
    }

    @Test func `faults are numbered, counted and removed one by one`() throws {
        var bench = try FaultTests.bench(#"{"kind":"status","status":500,"times":5}"#)
        let added = try bench.control(
            "POST", "/faults", #"{"kind":"edge-html","endpoint":"v1.conversation","probability":0.5}"#)
        #expect(added.json["id"]?.integerValue == 2)
        #expect(try bench.send().status == 500)
        let faults = try #require(try bench.control("GET", "/faults").json["faults"]?.arrayValue)
        #expect(faults.count == 2)
        #expect(faults.first?["id"]?.integerValue == 1)
        #expect(faults.first?["times"]?.integerValue == 4)
        #expect(faults.first?["hits"]?.integerValue == 1)
        #expect(faults.first?["code"]?.integerValue == 2)
        #expect(faults.last?["kind"]?.stringValue == "edge-html")
        #expect(faults.last?["status"]?.integerValue == 502)
        #expect(faults.last?["probability"] == .number("0.5"))
        #expect(faults.last?["when"]?.stringValue == "before")
        #expect(try bench.control("DELETE", "/faults/1").status == 200)
        #expect(try bench.control("DELETE", "/faults/1").status == 404)
        #expect(try bench.send().status == 200)
    }
}
