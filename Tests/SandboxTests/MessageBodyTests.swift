import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct MessageBodyTests {
    private static func grid(_ buttons: String) -> String {
        #"{"text_message":"x","buttons":{"rows":[{"buttons":[\#(buttons)]}]}}"#
    }

    private static func action(_ action: String) -> String {
        grid(#"{"caption":"c","action":\#(action)}"#)
    }

    @Test(arguments: [
        #"{"text_message":"x"}"#, #"{"text_message":"x","media_token":""}"#, #"{"media_token":"m"}"#,
        #"{"text_message":"","media_token":"m"}"#, #"{"text_message":null,"media_token":"m"}"#,
        #"{"text_message":"x","type":"TEXT","unknown":{"a":[1]}}"#, #"{"text_message":"x","buttons":null}"#,
        #"{"text_message":"x","buttons":{}}"#, #"{"text_message":"x","buttons":{"rows":[]}}"#,
        #"{"text_message":"x","buttons":{"rows":[{}]}}"#, #"{"text_message":"x","user_id":"u"}"#,
        #"{"text_message":" "}"#,
    ])
    func `a body that protobuf's JSON takes is taken`(body: String) throws {
        var bench = try SandboxBench(#"{"contract":"2025-12"}"#)
        let answer = try bench.post(SandboxBench.conversationPath, body)
        #expect(answer.status == 200, "\(answer.message ?? "")")
    }

    @Test(arguments: [
        "", "[]", "x", "{", #""text""#, "null", "{}", #"{"text_message":""}"#, #"{"text_message":null}"#,
        #"{"text_message":1}"#, #"{"text_message":["x"]}"#, #"{"text_message":"x","media_token":"m"}"#,
        #"{"text_message":"x","media_token":1}"#, #"{"message":"x"}"#, #"{"text_message":"x","text_message":"y"}"#,
        #"{"text_message":"x","buttons":[]}"#, #"{"text_message":"x","buttons":{"rows":{}}}"#,
        #"{"text_message":"x","buttons":{"rows":[1]}}"#, #"{"text_message":"x","buttons":{"rows":[{"buttons":1}]}}"#,
        #"{"text_message":"x","buttons":{"rows":[{},{},{},{}]}}"#, #"{"text_message":"x","user_id":1}"#,
    ])
    func `a body of the wrong type or without content is 400 with code 3`(body: String) throws {
        var bench = try SandboxBench(#"{"contract":"2025-12"}"#)
        let answer = try bench.post(SandboxBench.conversationPath, body)
        #expect(answer.status == 400)
        #expect(answer.code == 3)
        #expect(try bench.ledger().isEmpty)
    }

    @Test func `each contract knows the target that is not in the path by its own name`() throws {
        var older = try SandboxBench(#"{"contract":"2025-12"}"#)
        var newer = try SandboxBench(#"{"contract":"2026-08"}"#)
        let user = #"{"text_message":"x","user_id":1}"#
        let conversation = #"{"text_message":"x","conversation_id":1}"#
        #expect(try older.post(SandboxBench.conversationPath, user).status == 400)
        #expect(try older.post(SandboxBench.conversationPath, conversation).status == 200)
        #expect(try newer.post(SandboxBench.conversationPath, user).status == 200)
        #expect(try newer.post(SandboxBench.conversationPath, conversation).status == 400)
    }

    @Test(arguments: [
        #"{"caption":"c","action":{"open_direct_link":"https://example.com/a?b#c"}}"#,
        #"{"caption":"c","icon":"ADD","action":{"open_direct_link":"HTTP://example.com"}}"#,
        #"{"caption":"c","icon_name":"ADD","action":{"open_server_link":{"data":{"a":{"b":[1]}}}}}"#,
        #"{"caption":"c","icon":null,"icon_name":"","action":{"get_dynamic_action":{}}}"#,
        #"{"caption":"c","action":{"open_post_page":{"post_token":"AJIEWcw"},"open_direct_link":null}}"#,
        #"{"caption":"c","action":{"open_post_manage_page":{"post_token":"AJIEWcw","more":1},"future":{}}}"#,
    ])
    func `a button of the schema is taken`(button: String) throws {
        var bench = try SandboxBench()
        let answer = try bench.post(SandboxBench.conversationPath, MessageBodyTests.grid(button))
        #expect(answer.status == 200, "\(answer.message ?? "")")
    }

    @Test(arguments: [
        "1", "{}", #"{"caption":"c"}"#, #"{"caption":"","action":{"open_server_link":{}}}"#,
        #"{"action":{"open_server_link":{}}}"#, #"{"caption":1,"action":{"open_server_link":{}}}"#,
        #"{"caption":"c","icon":"NO_SUCH_ICON","action":{"open_server_link":{}}}"#,
        #"{"caption":"c","icon":"","action":{"open_server_link":{}}}"#,
        #"{"caption":"c","icon":"add","action":{"open_server_link":{}}}"#,
        #"{"caption":"c","icon_name":"NO_SUCH_ICON","action":{"open_server_link":{}}}"#,
        #"{"caption":"c","icon":1,"action":{"open_server_link":{}}}"#,
    ])
    func `a button with a wrong caption or icon is 400 with code 3`(button: String) throws {
        var bench = try SandboxBench()
        let answer = try bench.post(SandboxBench.conversationPath, MessageBodyTests.grid(button))
        #expect(answer.status == 400)
        #expect(answer.code == 3)
        #expect(answer.message?.hasPrefix("buttons.rows[0].buttons[0]") == true)
    }

    @Test(arguments: [
        "{}", "[]", #"{"open_something":{}}"#, #"{"open_server_link":{},"get_dynamic_action":{}}"#,
        #"{"open_direct_link":""}"#, #"{"open_direct_link":"ftp://example.com"}"#,
        #"{"open_direct_link":"javascript:alert(1)"}"#, #"{"open_direct_link":"https://"}"#,
        #"{"open_direct_link":"https:///path"}"#, #"{"open_direct_link":"https://a b"}"#,
        #"{"open_direct_link":{}}"#, #"{"open_server_link":"x"}"#, #"{"open_server_link":{"data":[]}}"#,
        #"{"get_dynamic_action":{"data":"x"}}"#, #"{"open_post_page":{}}"#, #"{"open_post_page":{"post_token":""}}"#,
        #"{"open_post_page":{"post_token":1}}"#, #"{"open_post_manage_page":{"post_token":"a/b"}}"#,
        #"{"open_post_page":"AJIEWcw"}"#,
    ])
    func `an action that is not exactly one of the schema's is 400 with code 3`(action: String) throws {
        var bench = try SandboxBench()
        let answer = try bench.post(SandboxBench.conversationPath, MessageBodyTests.action(action))
        #expect(answer.status == 400)
        #expect(answer.code == 3)
    }

    @Test func `three rows of three buttons go, a fourth doesn't`() throws {
        let button = #"{"caption":"c","action":{"open_server_link":{"data":{}}}}"#
        func body(rows: Int, buttons: Int) -> String {
            let row = #"{"buttons":[\#(Array(repeating: button, count: buttons).joined(separator: ","))]}"#
            let all = Array(repeating: row, count: rows).joined(separator: ",")
            return #"{"text_message":"x","buttons":{"rows":[\#(all)]}}"#
        }
        var bench = try SandboxBench()
        #expect(try bench.post(SandboxBench.conversationPath, body(rows: 3, buttons: 3)).status == 200)
        #expect(try bench.post(SandboxBench.conversationPath, body(rows: 4, buttons: 1)).status == 400)
        #expect(try bench.post(SandboxBench.conversationPath, body(rows: 1, buttons: 4)).status == 400)
    }

    @Test func `a user's message has its own names`() throws {
        var bench = try SandboxBench()
        let grid = #"{"rows":[{"buttons":[{"caption":"c","action":{"open_server_link":{"data":{}}}}]}]}"#
        let body = #"{"message":"x","sender_buttons":\#(grid),"receiver_buttons":\#(grid)}"#
        #expect(try bench.post(SandboxBench.asUserPath, body, token: "sandbox-user-token").status == 200)
        let entry = try #require(try bench.ledger().last)
        #expect(entry["sender_buttons"] == (try JSONParser.parse(Array(grid.utf8))))
        #expect(entry["receiver_buttons"] == entry["sender_buttons"])
        for wrong in [#"{"text_message":"x"}"#, #"{"message":"x","receiver_buttons":{"rows":[{},{},{},{}]}}"#] {
            #expect(try bench.post(SandboxBench.asUserPath, wrong, token: "sandbox-user-token").status == 400)
        }
        // Another endpoint's name is an unknown member here.
        #expect(
            try bench.post(SandboxBench.asUserPath, #"{"message":"x","buttons":1}"#, token: "sandbox-user-token")
                .status == 200)
    }

    @Test func `an upload token needs an object or nothing`() throws {
        var bench = try SandboxBench()
        for (body, status) in [("{}", 200), ("", 200), (#"{"more":1}"#, 200), ("[]", 400), ("x", 400)] {
            #expect(try bench.post(SandboxBench.uploadTokenPath, body).status == status, "\(body)")
        }
    }

    @Test func `media that came from nowhere are refused where that is wanted`() throws {
        var bench = try SandboxBench(#"{"accept_any_media":false}"#)
        let answer = try bench.post(SandboxBench.conversationPath, #"{"media_token":"m"}"#)
        #expect(answer.status == 400)
        #expect(answer.code == 3)
        #expect(try bench.control("POST", "/media", #"{"accept_any_media":true}"#).status == 200)
        #expect(try bench.post(SandboxBench.conversationPath, #"{"media_token":"m"}"#).status == 200)
    }
}
