import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct ControlTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `the index lists every call`() throws {
        var bench = try SandboxBench()
        let index = try bench.control("GET", "")
        #expect(index.status == 200)
        #expect(index.json["contract"]?.stringValue == "2026-08")
        let calls = try #require(index.json["calls"]?.arrayValue).compactMap { $0["call"]?.stringValue }
        #expect(calls.count == ControlAction.allCases.count)
        #expect(calls.contains("DELETE /_sandbox/tokens/{token}"))
    }

    @Test func `an unknown call is 404, one with another method 501`() throws {
        var bench = try SandboxBench()
        #expect(try bench.control("GET", "/nothing").status == 404)
        #expect(try bench.control("GET", "/").status == 404)
        #expect(try bench.control("PUT", "/faults").status == 501)
        #expect(try bench.control("POST", "/ledger").status == 501)
    }

    @Test(arguments: [
        ("POST", "/faults", #"{"kind":"latency","milliseconds":1,"delay":1}"#, "delay"),
        ("POST", "/keys", #"{"key":"k","name":"x"}"#, "name"),
        ("POST", "/tokens", #"{"token":"t","user":"u","scopes":[],"ttl":1}"#, "ttl"),
        ("POST", "/conversations", #"{"id":"c","post":"x"}"#, "post"),
        ("POST", "/conversations/sandbox-conversation/messages", #"{"text":"x","side":"BUYER"}"#, "side"),
        ("POST", "/blocked", #"{"user_id":"u","user":"u"}"#, "user"),
        ("DELETE", "/blocked", #"{"user":"u"}"#, "user"), ("POST", "/limits", #"{"minute":1}"#, "minute"),
        ("POST", "/contract", #"{"contract":"2025-12","version":1}"#, "version"),
        ("POST", "/media", #"{"return":true}"#, "return"),
        ("POST", "/refuse-connections", #"{"duration_ms":1,"seconds":1}"#, "seconds"),
        ("POST", "/reset", #"{"seed":1}"#, "seed"),
    ])
    func `an unknown member is named`(method: String, path: String, body: String, member: String) throws {
        var bench = try SandboxBench()
        let answer = try bench.control(method, path, body)
        #expect(answer.status == 400)
        #expect(answer.code == 3)
        #expect(answer.message?.contains("\(member) is not known") == true, "\(answer.message ?? "")")
    }

    @Test(arguments: [
        "/faults", "/keys", "/tokens", "/conversations", "/conversations/sandbox-conversation/messages", "/blocked",
        "/limits", "/contract", "/media", "/refuse-connections",
    ])
    func `a body that is no object is 400`(path: String) throws {
        for body in ["", "x", "[]", "1"] {
            var bench = try SandboxBench()
            #expect(try bench.control("POST", path, body).status == 400, "\(body)")
        }
    }

    @Test func `a query that is not known is refused`() throws {
        var bench = try SandboxBench()
        #expect(try bench.control("GET", "/requests?last=1").status == 400)
        #expect(try bench.control("GET", "/ledger?before=1").status == 400)
        #expect(try bench.control("GET", "/ledger?after=x").status == 400)
    }

    @Test func `the ledger tells everything of a message`() throws {
        var bench = try SandboxBench()
        let body = #"{"text_message":"سلام","buttons":{"rows":[]}}"#
        _ = bench.reply("POST", SandboxBench.conversationPath, body: body, trace: ControlTests.trace)
        _ = try bench.post(SandboxBench.userPath, SandboxBench.text, token: "sandbox-user-token")
        _ = try bench.post(SandboxBench.asUserPath, #"{"message":"x"}"#, token: "sandbox-user-token")
        let entries = try bench.ledger()
        #expect(entries.map { $0["seq"]?.integerValue } == [1, 2, 3])
        #expect(
            entries.map { $0["endpoint"]?.stringValue } == ["v1.bot.conversation", "v1.bot.user", "v2.conversation"])
        #expect(entries.map { $0["sender"]?.stringValue } == ["BOT", "BOT", "HUMAN"])
        #expect(entries.map { $0["user_id"]?.stringValue } == [nil, "sandbox-user", nil])
        #expect(entries.map { $0["text"]?.stringValue } == ["سلام", "hello", "x"])
        #expect(entries.allSatisfy { $0["app"]?.stringValue == "sandbox" })
        #expect(entries.allSatisfy { $0["time"]?.stringValue.map(Timestamp.isRFC3339) == true })
        #expect(entries[0]["trace_parent"]?.stringValue == ControlTests.trace)
        #expect(entries[1]["trace_parent"] == nil)
        #expect(entries[0]["buttons"] == .object([JSONMember("rows", .array([]))]))
        #expect(entries[0]["conversation_id"]?.stringValue == "sandbox-conversation")
        let later = try bench.control("GET", "/ledger?after=2").json
        #expect(later["entries"]?.arrayValue?.map { $0["seq"]?.integerValue } == [3])
        #expect(later["accepted"]?.integerValue == 3)
        #expect(try bench.control("GET", "/ledger?after=9").json["entries"] == .array([]))
    }

    @Test func `the record of requests counts and shows them without their secrets`() throws {
        var bench = try SandboxBench()
        _ = bench.reply(
            "POST", SandboxBench.conversationPath + "?q=1", token: "s3cret", body: SandboxBench.text,
            trace: ControlTests.trace)
        bench.key = "wr0ng"
        _ = try bench.send()
        bench.key = nil
        _ = try bench.get("/nowhere")
        let answer = try bench.control("GET", "/requests")
        #expect(answer.json["received"]?["v1.bot.conversation"]?.integerValue == 2)
        #expect(answer.json["received"]?["unknown"]?.integerValue == 1)
        #expect(answer.json["answered"]?["200"]?.integerValue == 1)
        #expect(answer.json["answered"]?["401"]?.integerValue == 1)
        #expect(answer.json["answered"]?["404"]?.integerValue == 1)
        let recent = try #require(answer.json["recent"]?.arrayValue)
        #expect(recent.map { $0["status"]?.integerValue } == [200, 401, 404])
        let first = try #require(recent.first)
        #expect(first["endpoint"]?.stringValue == "v1.bot.conversation")
        #expect(first["method"]?.stringValue == "POST")
        #expect(first["path"]?.stringValue == SandboxBench.conversationPath)
        #expect(first["query"]?.stringValue == "q=1")
        #expect(
            first["fields"] == .array([.string("x-api-key"), .string("authorization"), .string("traceparent")]))
        #expect(first["traceparent"]?.stringValue == ControlTests.trace)
        #expect(first["body"]?.stringValue == SandboxBench.text)
        #expect(recent.last?["endpoint"] == .null)
        let text = JSONWriter.string(answer.json)
        for secret in ["s3cret", "wr0ng", "sandbox-divar-key"] { #expect(!text.contains(secret)) }
    }

    @Test func `a large body is recorded in part`() throws {
        var bench = try SandboxBench()
        _ = try bench.send(String(repeating: "x", count: 100_000))
        let first = try #require(try bench.control("GET", "/requests").json["recent"]?.arrayValue?.first)
        #expect(first["body"]?.stringValue?.utf8.count == SandboxLimits.recordedBodyBytes)
        #expect(try #require(first["body_bytes"]?.integerValue) > 100_000)
    }

    @Test func `a lost answer is counted as none`() throws {
        var bench = try SandboxBench(#"{"faults":[{"kind":"cut-before-head"}]}"#)
        _ = bench.reply("POST", SandboxBench.conversationPath, body: SandboxBench.text)
        let json = try bench.control("GET", "/requests").json
        #expect(json["answered"]?["none"]?.integerValue == 1)
    }

    @Test func `keys come and go`() throws {
        var bench = try SandboxBench()
        bench.key = "new"
        #expect(try bench.send().status == 401)
        #expect(try bench.control("POST", "/keys", #"{"key":"new","app":"other"}"#).status == 200)
        #expect(try bench.send().status == 200)
        #expect(try bench.ledger().last?["app"]?.stringValue == "other")
        let narrower = #"{"key":"new","permissions":["CHAT_UPLOAD_MEDIA"]}"#
        #expect(try bench.control("POST", "/keys", narrower).status == 200)
        #expect(try bench.send().status == 403)
        #expect(try bench.control("DELETE", "/keys/new").status == 200)
        #expect(try bench.send().status == 401)
        #expect(try bench.control("DELETE", "/keys/new").status == 404)
    }

    @Test func `tokens live from when they are given`() throws {
        var bench = try SandboxBench()
        bench.pass(seconds: 1000)
        let token =
            #"{"token":"a/b","user":"u","scopes":["CHAT_CONVERSATION_READ.sandbox-conversation"],"expires_in":10}"#
        #expect(try bench.control("POST", "/tokens", token).status == 200)
        bench.pass(seconds: 9)
        #expect(try bench.get(SandboxBench.readPath, token: "a/b").status == 200)
        bench.pass(seconds: 1)
        #expect(try bench.get(SandboxBench.readPath, token: "a/b").status == 401)
        #expect(try bench.control("DELETE", "/tokens/a%2Fb").status == 200)
    }

    @Test func `conversations begin, and the buyer speaks in them`() throws {
        var bench = try SandboxBench()
        let body = #"{"id":"c1","type":"POST","post_token":"p1","messages":[{"text":"hi"}]}"#
        #expect(try bench.control("POST", "/conversations", body).status == 200)
        let again = try bench.control("POST", "/conversations", body)
        #expect(again.status == 409)
        #expect(again.code == 6)
        let said = try bench.control("POST", "/conversations/c1/messages", #"{"text":"there?"}"#)
        #expect(said.json["message_id"]?.stringValue?.isEmpty == false)
        #expect(try bench.texts(in: "c1") == ["hi", "there?"])
        #expect(try bench.control("POST", "/conversations/c2/messages", #"{"text":"x"}"#).status == 404)
        #expect(try bench.ledger().isEmpty)
    }

    @Test func `recipients are unblocked one by one`() throws {
        var bench = try SandboxBench(#"{"blocked":[{"conversation_id":"sandbox-conversation"},{"user_id":"u"}]}"#)
        #expect(try bench.control("DELETE", "/blocked", #"{"conversation_id":"other"}"#).status == 404)
        let body = #"{"conversation_id":"sandbox-conversation"}"#
        #expect(try bench.control("DELETE", "/blocked", body).status == 200)
        #expect(try bench.send().status == 200)
        #expect(bench.world.blocked == [.user("u")])
    }

    @Test func `the contract switches under way`() throws {
        var bench = try SandboxBench()
        let path = "/experimental/open-platform/chatbot-conversations/sandbox-conversation/messages"
        #expect(try bench.post(path, SandboxBench.text).status == 404)
        #expect(try bench.control("POST", "/contract", #"{"contract":"2025-12"}"#).status == 200)
        #expect(try bench.post(path, SandboxBench.text).status == 200)
        #expect(try bench.control("POST", "/contract", #"{"contract":"2024-01"}"#).status == 400)
        #expect(try bench.control("POST", "/contract", "{}").status == 400)
        #expect(try bench.post(path, SandboxBench.text).status == 200)
    }

    @Test func `connections can be refused at once`() throws {
        var bench = try SandboxBench()
        let reply = bench.reply(
            "POST", "/_sandbox/refuse-connections", RequestFields(), Array(#"{"duration_ms":300}"#.utf8))
        guard case .refuseConnections(milliseconds: 300, let response?) = reply else {
            Issue.record("not refused: \(reply)")
            return
        }
        #expect(response.status == 200)
        #expect(try bench.control("POST", "/refuse-connections", #"{"duration_ms":0}"#).status == 400)
    }

    @Test func `a reset undoes everything`() throws {
        var bench = try SandboxBench(#"{"limits":{"per_day":1},"faults":[{"kind":"status","status":500,"times":1}]}"#)
        let fresh = bench.world
        for (path, body) in [
            ("/contract", #"{"contract":"2025-12"}"#), ("/keys", #"{"key":"k"}"#), ("/limits", "{}"),
            ("/tokens", #"{"token":"t","user":"u","scopes":[]}"#), ("/blocked", #"{"user_id":"u"}"#),
            ("/media", #"{"return_media":true,"accept_any_media":false}"#), ("/conversations", #"{"id":"c"}"#),
        ] {
            #expect(try bench.control("POST", path, body).status == 200)
        }
        #expect(try bench.control("DELETE", "/faults").status == 200)
        #expect(try bench.send().status == 200)
        #expect(try bench.control("POST", "/reset").status == 200)
        let world = bench.world
        #expect(world.contract == fresh.contract && world.keys == fresh.keys && world.tokens == fresh.tokens)
        #expect(world.blocked == fresh.blocked && world.returnsMedia == fresh.returnsMedia)
        #expect(world.acceptsAnyMedia && world.conversations.count == 1)
        #expect(try bench.control("GET", "/requests").json["recent"] == .array([]))
        #expect(try (0..<3).map { _ in try bench.send().status } == [500, 200, 429])
    }

    @Test func `what is kept has limits`() throws {
        var bench = try SandboxBench()
        for number in 0..<SandboxLimits.faults {
            bench.world.faults.add(
                Fault(
                    effect: .latency(milliseconds: number), endpoint: "upload", times: nil, probability: 1,
                    moment: .before))
        }
        let answer = try bench.control("POST", "/faults", #"{"kind":"never-answer"}"#)
        #expect(answer.status == 400)
        #expect(answer.message?.contains("1000 faults") == true)
    }
}
