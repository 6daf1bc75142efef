import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct AuthorisationTests {
    private static let v2Body = #"{"message":"x"}"#

    @Test func `a missing or unknown key is 401 with code 16`() throws {
        var bench = try SandboxBench()
        for key in [nil, "", "other", "sandbox-divar-key "] {
            bench.key = key
            let answer = try bench.send()
            #expect(answer.status == 401)
            #expect(answer.code == 16)
        }
        #expect(try bench.ledger().isEmpty)
    }

    @Test(arguments: Catalogue.endpoints)
    func `a key without the endpoint's permission is 403 with code 7`(endpoint: Endpoint) throws {
        let others = SandboxKey.knownPermissions.filter { $0 != endpoint.keyPermission }.map { "\"\($0)\"" }
        var bench = try SandboxBench(
            """
            {"contract":"2025-12","keys":[{"key":"lacking","permissions":[\(others.joined(separator: ","))]},
            {"key":"having","permissions":["\(endpoint.keyPermission)"]}]}
            """)
        let path = try #require(
            endpoint.path.path(identifier: endpoint.operation == .createUploadToken ? "" : "sandbox-conversation"))
        func status() throws -> SandboxBench.Answer {
            try SandboxBench.answer(
                bench.reply(
                    endpoint.method.rawValue, path, token: "sandbox-user-token",
                    body: #"{"text_message":"x","message":"x"}"#))
        }
        bench.key = "lacking"
        let refused = try status()
        #expect(refused.status == 403)
        #expect(refused.code == 7)
        #expect(refused.message?.contains(endpoint.keyPermission) == true)
        bench.key = "having"
        #expect(try status().status == 200)
    }

    @Test func `an endpoint that needs a token wants one that is known and alive`() throws {
        var bench = try SandboxBench(
            #"{"tokens":[{"token":"short","user":"u","scopes":["*"],"expires_in":60}]}"#)
        for token in [nil, "other", "sandbox-user-token"] {
            let answer = try bench.get(SandboxBench.readPath, token: token)
            #expect(answer.status == 401)
            #expect(answer.code == 16)
        }
        #expect(try bench.get(SandboxBench.readPath, token: "short").status == 200)
        bench.pass(seconds: 59)
        #expect(try bench.get(SandboxBench.readPath, token: "short").status == 200)
        bench.pass(seconds: 1)
        let expired = try bench.get(SandboxBench.readPath, token: "short")
        #expect(expired.status == 401)
        #expect(expired.code == 16)
    }

    @Test func `a token counts only in the form of RFC 6750`() throws {
        var bench = try SandboxBench()
        for (value, status) in [
            ("Bearer sandbox-user-token", 200), ("bearer sandbox-user-token", 200), ("Bearer", 401),
            ("sandbox-user-token", 401), ("Basic sandbox-user-token", 401), ("Bearer a sandbox-user-token", 401),
        ] {
            var fields = RequestFields()
            fields.add(.apiKey, "sandbox-divar-key")
            fields.add(.authorization, value)
            let answer = try SandboxBench.answer(bench.reply("GET", SandboxBench.readPath, fields, []))
            #expect(answer.status == status, "\(value)")
        }
    }

    @Test func `an endpoint that needs no token ignores one`() throws {
        var bench = try SandboxBench()
        #expect(try bench.post(SandboxBench.conversationPath, SandboxBench.text, token: "nonsense").status == 200)
        #expect(try bench.post(SandboxBench.uploadTokenPath, "{}", token: "nonsense").status == 200)
    }

    @Test(arguments: [
        (["CONVERSATION_SEND_MESSAGE.sandbox-conversation"], 200),
        (["CHAT_SUPPLIER_ALL_CONVERSATIONS_MESSAGE_SEND"], 200),
        (["CHAT_POST_CONVERSATIONS_MESSAGE_SEND.SaNdBox1"], 200),
        (["CONVERSATION_SEND_MESSAGE.other"], 403), (["CONVERSATION_SEND_MESSAGE"], 403),
        (["CONVERSATION_SEND_MESSAGE.{conversation_id}"], 403), (["CHAT_POST_CONVERSATIONS_MESSAGE_SEND.other"], 403),
        (["CHAT_CONVERSATION_READ.sandbox-conversation"], 403), ([], 403),
    ])
    func `a user's message needs one of three scopes`(scopes: [String], status: Int) throws {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        var bench = try SandboxBench(#"{"tokens":[{"token":"t","user":"u","scopes":[\#(list)]}]}"#)
        let answer = try bench.post(SandboxBench.asUserPath, AuthorisationTests.v2Body, token: "t")
        #expect(answer.status == status)
        if status == 403 { #expect(answer.code == 7) }
    }

    @Test func `a conversation without a post matches no scope of a post`() throws {
        var bench = try SandboxBench(
            #"{"tokens":[{"token":"t","user":"u","scopes":["CHAT_POST_CONVERSATIONS_MESSAGE_SEND."]}]}"#)
        let answer = try bench.post(
            "/v2/open-platform/conversations/new/messages", AuthorisationTests.v2Body, token: "t")
        #expect(answer.status == 403)
    }

    @Test func `reading needs the scope of that conversation`() throws {
        var bench = try SandboxBench(
            """
            {"tokens":[{"token":"mine","user":"u","scopes":["CHAT_CONVERSATION_READ.sandbox-conversation"]},
            {"token":"other","user":"u","scopes":["CHAT_CONVERSATION_READ.other"]}]}
            """)
        #expect(try bench.get(SandboxBench.readPath, token: "mine").status == 200)
        #expect(try bench.get(SandboxBench.readPath, token: "other").status == 403)
        let missing = try bench.get("/v1/open-platform/chat/conversations/other", token: "other")
        #expect(missing.status == 404)
        #expect(missing.message == "conversation not found")
    }

    @Test func `a bot writes to the user whose token it has`() throws {
        var bench = try SandboxBench(
            """
            {"tokens":[{"token":"t","user":"u1","scopes":["CHAT_BOT_USER_MESSAGE_SEND"]},
            {"token":"none","user":"u1","scopes":["CHAT_SUPPLIER_ALL_CONVERSATIONS_MESSAGE_SEND"]}]}
            """)
        let mine = "/v1/open-platform/chat/bot/users/u1/messages"
        #expect(try bench.post(mine, SandboxBench.text, token: "t").status == 200)
        #expect(try bench.post(mine, SandboxBench.text, token: "none").status == 403)
        let other = try bench.post(
            "/v1/open-platform/chat/bot/users/u2/messages", SandboxBench.text, token: "t")
        #expect(other.status == 403)
        #expect(other.code == 7)
    }

    @Test func `a token that is revoked is void at once`() throws {
        var bench = try SandboxBench()
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 200)
        #expect(try bench.control("DELETE", "/tokens/sandbox-user-token").status == 200)
        #expect(try bench.get(SandboxBench.readPath, token: "sandbox-user-token").status == 401)
        #expect(try bench.control("DELETE", "/tokens/sandbox-user-token").status == 404)
    }

    @Test func `a blocked recipient is 412 with code 9`() throws {
        var bench = try SandboxBench(#"{"blocked":[{"conversation_id":"sandbox-conversation"}]}"#)
        let paths = [
            (SandboxBench.conversationPath, SandboxBench.text), (SandboxBench.asUserPath, AuthorisationTests.v2Body),
        ]
        for (path, body) in paths {
            let answer = try bench.post(path, body, token: "sandbox-user-token")
            #expect(answer.status == 412)
            #expect(answer.code == 9)
            #expect(answer.message == "message delivery failed due to recipient's restriction")
        }
        #expect(try bench.ledger().isEmpty)
        #expect(try bench.texts().count == 1)
        #expect(try bench.control("DELETE", "/blocked").status == 200)
        #expect(try bench.send().status == 200)
    }

    @Test func `a blocked user is not reached by any way`() throws {
        var bench = try SandboxBench()
        let first = try bench.post(SandboxBench.userPath, SandboxBench.text, token: "sandbox-user-token")
        let conversation = try #require(first.json["conversation_id"]?.stringValue)
        #expect(try bench.control("POST", "/blocked", #"{"user_id":"sandbox-user"}"#).status == 200)
        let toUser = try bench.post(SandboxBench.userPath, SandboxBench.text, token: "sandbox-user-token")
        #expect(toUser.status == 412)
        let toConversation = try bench.post(
            "/v1/open-platform/chat/bot/conversations/\(conversation)/messages", SandboxBench.text)
        #expect(toConversation.status == 412)
        #expect(try bench.send().status == 200)
    }
}
