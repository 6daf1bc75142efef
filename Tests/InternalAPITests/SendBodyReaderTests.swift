import InternalAPI
import Messaging
import StrictJSON
import Testing

@testable import InternalAPI

@Suite struct SendBodyReaderTests {
    private func draft(_ body: String, hasUserToken: Bool = false) throws -> MessageDraft {
        try SendBodyReader.body(from: Array(body.utf8), hasUserToken: hasUserToken, limits: MessageLimits()).draft
    }

    /// The violations of a body as `pointer: detail` lines.
    private func violations(_ body: String, limits: MessageLimits = MessageLimits()) -> [String] {
        do {
            _ = try SendBodyReader.body(from: Array(body.utf8), hasUserToken: false, limits: limits).draft
            return []
        } catch {
            return error.violations.map { "\($0.pointer): \($0.detail)" }
        }
    }

    private func button(_ members: String) -> String {
        #"{"conversation_id":"c","text":"t","buttons":[[{"caption":"x",\#(members)}]]}"#
    }

    @Test func `a text to a conversation is the bot's where no user's token comes along`() throws {
        let draft = try draft(#"{"conversation_id":"abc","text":"سلام"}"#)
        #expect(draft.target == .conversation(ConversationID("abc")!))
        #expect(draft.sender == .bot)
        #expect(draft.content == .text("سلام"))
        #expect(draft.operation == .botMessageToConversation)
    }

    @Test func `a text to a conversation is the user's where a user's token comes along`() throws {
        #expect(try draft(#"{"conversation_id":"abc","text":"x"}"#, hasUserToken: true).operation == .messageAsUser)
        let asBot = #"{"conversation_id":"abc","text":"x","as":"bot"}"#
        #expect(try draft(asBot, hasUserToken: true).operation == .botMessageToConversation)
    }

    @Test func `a message to a user is the bot's even with a user's token`() throws {
        #expect(try draft(#"{"user_id":"u+/=","text":"x"}"#, hasUserToken: true).operation == .botMessageToUser)
    }

    @Test(arguments: ["نیم‌فاصله", "a\u{0}b", " \n\t ", "👨‍👩‍👧‍👦", "\u{202E}abc", "é", "e\u{301}"])
    func `a text keeps every scalar`(text: String) throws {
        let body = JSONWriter.string(
            .object([JSONMember("conversation_id", .string("c")), JSONMember("text", .string(text))])
        )
        guard case .text(let kept) = try draft(body).content else {
            Issue.record("no text")
            return
        }
        #expect(Array(kept.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(arguments: [
        (#""open_url":"https://example.com/a?b=c#d""#, ButtonAction.openURL("https://example.com/a?b=c#d")),
        (#""server_link":{"id":"1"}"#, .serverLink([JSONMember("id", .string("1"))])),
        (#""dynamic_action":{}"#, .dynamicAction([])),
        (#""open_post":"AJIEWcw""#, .openPost(PostToken("AJIEWcw")!)),
        (#""manage_post":"AJIEWcw""#, .managePost(PostToken("AJIEWcw")!)),
    ])
    func `each action of a button is read`(members: String, action: ButtonAction) throws {
        #expect(try draft(button(members)).buttons.rows == [[Button(caption: "x", action: action)]])
    }

    @Test(arguments: [
        (#"{"text":"t"}"#, [": exactly one of conversation_id and user_id is required, and there is neither"]),
        (
            #"{"conversation_id":"c","user_id":"u","text":"t"}"#,
            [": exactly one of conversation_id and user_id is required, and there are both"]
        ),
        (#"{"conversation_id":"c"}"#, [": exactly one of text and media_token is required, and there is neither"]),
        (
            #"{"conversation_id":"c","text":"t","media_token":"m"}"#,
            [": exactly one of text and media_token is required, and there are both"]
        ),
        (#"{"conversation_id":"c","text":""}"#, ["/text: must not be empty"]),
        (#"{"conversation_id":"c","text":5}"#, ["/text: must be a string, not a number"]),
        (#"{"conversation_id":"c","text":"t","as":"admin"}"#, [#"/as: must be "bot" or "user""#]),
        (
            #"{"user_id":"u","text":"t","as":"user"}"#,
            ["/as: a message to a user_id can only be sent as the bot"]
        ),
        (#"{"conversation_id":"c","text":"t","type":"TEXT"}"#, ["/type: is not a member that is known here"]),
        (#"{"conversation_id":"c","text":"t","text":"u"}"#, ["/text: appears more than once"]),
        (#"{"conversation_id":"c","text":"t","a/b~c":1}"#, ["/a~1b~0c: is not a member that is known here"]),
        (
            #"{"conversation_id":"c","text":"t","sender_buttons":[]}"#,
            [#"/sender_buttons: is only for messages sent as a user ("as": "user")"#]
        ),
        ("[]", [": must be an object, not an array"]),
        ("null", [": must be an object, not null"]),
    ])
    func `what is wrong with a message is named with its place`(body: String, expected: [String]) {
        #expect(violations(body) == expected)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a b", "a%2Fb", "a?b", "ø", String(repeating: "a", count: 129)])
    func `an id outside of the grammar is refused`(id: String) {
        let body = #"{"conversation_id":"\#(id)","text":"t"}"#
        #expect(violations(body).first?.hasPrefix("/conversation_id: must be 1 to 128") == true)
    }

    @Test(arguments: [
        (#"{"conversation_id":"c","text":"t","buttons":{}}"#, "/buttons: must be an array of rows, not an object"),
        (#"{"conversation_id":"c","text":"t","buttons":[[]]}"#, "/buttons/0: must have a button"),
        (#"{"conversation_id":"c","text":"t","buttons":[5]}"#, "/buttons/0: must be an array of buttons, not a number"),
        (#"{"conversation_id":"c","text":"t","buttons":[["x"]]}"#, "/buttons/0/0: must be an object, not a string"),
    ])
    func `a grid of the wrong shape is refused`(body: String, expected: String) {
        #expect(violations(body) == [expected])
    }

    @Test func `a fourth row and a fourth button are refused`() {
        let one = #"{"caption":"x","open_post":"a"}"#
        let row = "[\(one)]"
        let rows = #"{"conversation_id":"c","text":"t","buttons":[\#(row),\#(row),\#(row),\#(row)]}"#
        #expect(violations(rows) == ["/buttons: must have at most 3 rows, and has 4"])
        let wide = #"{"conversation_id":"c","text":"t","buttons":[[\#(one),\#(one),\#(one),\#(one)]]}"#
        #expect(violations(wide) == ["/buttons/0: must have at most 3 buttons, and has 4"])
        let three = #"{"conversation_id":"c","text":"t","buttons":[\#(row),\#(row),[\#(one),\#(one),\#(one)]]}"#
        #expect(violations(three).isEmpty)
    }

    @Test func `a button has exactly one action, a caption and no other member`() {
        let names = "open_url, server_link, dynamic_action, open_post, manage_post"
        #expect(
            violations(#"{"conversation_id":"c","text":"t","buttons":[[{"caption":"x"}]]}"#)
                == ["/buttons/0/0: exactly one of \(names) is required, and there is none"]
        )
        #expect(
            violations(button(#""open_post":"a","open_url":"https://a.b""#))
                == ["/buttons/0/0: exactly one of \(names) is required, and there are open_url, open_post"]
        )
        #expect(
            violations(#"{"conversation_id":"c","text":"t","buttons":[[{"caption":"","open_post":"a"}]]}"#)
                == ["/buttons/0/0/caption: must not be empty"]
        )
        #expect(
            violations(button(#""open_post":"a","colour":"red""#))
                == ["/buttons/0/0/colour: is not a member that is known here"]
        )
        #expect(
            violations(button(#""server_link":{"a":1,"a":2}"#)) == [
                "/buttons/0/0/server_link/a: appears more than once"
            ]
        )
    }

    @Test(arguments: [
        "https://example.com", "http://example.com:8080/x", "HTTPS://EXAMPLE.COM/", "https://[::1]:80/",
        "https://example.com/آگهی?q=ماشین", "https://مثال.ایران/می‌شود",
    ])
    func `an absolute http or https link is accepted`(link: String) {
        #expect(LinkRule.violation(in: link) == nil)
    }

    @Test(arguments: [
        "", "example.com", "//example.com", "/path", "ftp://example.com", "javascript:alert(1)", "https://",
        "https:///path", "https://user:pass@example.com", "https://example.com:99999", "https://example.com:x",
        "https://exa mple.com", "https://example.com/\u{202E}", "https://example.com/\n", "https://[zz]/",
        "https://example.com/<x>", "https://" + String(repeating: "a", count: 2048),
    ])
    func `anything else as a link is refused`(link: String) {
        #expect(LinkRule.violation(in: link) != nil)
    }

    @Test func `all problems of a body come in one answer`() {
        let body = """
            {"conversation_id":"..","text":"","as":"x","what":1,"buttons":[[{"open_url":"ftp://x","icon":"a b"}],[]]}
            """
        let pointers = violations(body).map { $0.prefix { $0 != ":" } }
        let expected: Set<Substring> = [
            "/conversation_id", "/text", "/as", "/what", "/buttons/0/0/caption", "/buttons/0/0/open_url",
            "/buttons/0/0/icon", "/buttons/1",
        ]
        #expect(Set(pointers) == expected)
        #expect(pointers.count == expected.count)
    }

    @Test func `no more than a hundred violations are named, and the others are counted`() {
        let members = (0..<250).map { #""x\#($0)":1"# }.joined(separator: ",")
        let found = violations(#"{"conversation_id":"c","text":"t",\#(members)}"#)
        #expect(found.count == 101)
        #expect(found.last == ": and 150 more violations")
    }

    @Test func `a text may have as many characters as the limit says, counted as Unicode scalars`() {
        var limits = MessageLimits()
        limits.textCharacters = 3
        #expect(violations(#"{"conversation_id":"c","text":"آبپ"}"#, limits: limits).isEmpty)
        #expect(
            violations(#"{"conversation_id":"c","text":"آبپت"}"#, limits: limits)
                == ["/text: must have at most 3 characters, and has 4"]
        )
    }

    @Test func `a body that is not JSON says where it stops being JSON`() {
        #expect(violations("{\"text\":}").first?.contains("at byte 8") == true)
        #expect(violations(String(repeating: "[", count: 100_000)).first?.contains("nested too deeply") == true)
    }

    @Test func `a member that is null counts as absent`() throws {
        let draft = try draft(#"{"conversation_id":"c","user_id":null,"text":"t","media_token":null,"buttons":null}"#)
        #expect(draft.target == .conversation(ConversationID("c")!))
    }
}
