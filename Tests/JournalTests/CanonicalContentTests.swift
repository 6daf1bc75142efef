import Messaging
import StrictJSON
import Testing

@testable import Journal

@Suite struct CanonicalContentTests {
    private static let conversation = ConversationID("abc").map(MessageTarget.conversation)

    private func draft(
        _ content: MessageContent,
        buttons: [[Button]] = [],
        senderButtons: [[Button]] = []
    ) throws -> MessageDraft {
        MessageDraft(
            target: try #require(Self.conversation),
            sender: .bot,
            content: content,
            buttons: ButtonGrid(rows: buttons),
            senderButtons: ButtonGrid(rows: senderButtons)
        )
    }

    @Test(arguments: [
        ("سلام", #"{"text":"سلام"}"#),
        ("", #"{"text":""}"#),
        (#"a "quoted" \ one"#, #"{"text":"a \"quoted\" \\ one"}"#),
        ("line\nline\r\tend", #"{"text":"line\nline\r\tend"}"#),
        ("\u{0}\u{8}\u{B}\u{1F}\u{7F}", "{\"text\":\"\\u0000\\u0008\\u000b\\u001f\u{7F}\"}"),
        ("a/b <&> \u{2028}😀", "{\"text\":\"a/b <&> \u{2028}😀\"}"),
        // Composed and decomposed are not the same bytes, and stay so.
        ("e\u{301}", "{\"text\":\"e\u{301}\"}"),
    ])
    func `a text is written with what has to be escaped, and nothing else`(text: String, bytes: String) throws {
        #expect(try CanonicalContent.bytes(of: draft(.text(text))) == Array(bytes.utf8))
    }

    @Test func `a file stands by its token`() throws {
        let token = try #require(MediaToken("t/0+k="))
        #expect(try CanonicalContent.bytes(of: draft(.media(token))) == Array(#"{"media_token":"t/0+k="}"#.utf8))
    }

    @Test func `buttons are written in their rows, and their members in order`() throws {
        let icon = try #require(IconName("PHONE"))
        let token = try #require(PostToken("gZ1"))
        let data = [JSONMember("b", .number("1")), JSONMember("a", .string("x"))]
        let draft = try draft(
            .text("t"),
            buttons: [
                [Button(caption: "one", icon: icon, action: .openURL("https://a.ir/"))],
                [
                    Button(caption: "two", action: .serverLink(data)),
                    Button(caption: "three", action: .dynamicAction([])),
                ],
            ],
            senderButtons: [
                [
                    Button(caption: "four", action: .openPost(token)),
                    Button(caption: "five", action: .managePost(token)),
                ]
            ]
        )
        let expected =
            #"{"text":"t","buttons":[[{"caption":"one","icon":"PHONE","open_url":"https://a.ir/"}],"#
            + #"[{"caption":"two","server_link":{"b":1,"a":"x"}},{"caption":"three","dynamic_action":{}}]],"#
            + #""sender_buttons":[[{"caption":"four","open_post":"gZ1"},{"caption":"five","manage_post":"gZ1"}]]}"#
        #expect(String(decoding: CanonicalContent.bytes(of: draft), as: UTF8.self) == expected)
    }

    @Test func `a request is the content, to whom it goes and in whose name`() throws {
        var draft = try draft(.text("t"))
        func request() -> String { String(decoding: CanonicalContent.request(draft), as: UTF8.self) }
        #expect(request() == #"{"conversation_id":"abc","as":"bot","text":"t"}"#)
        draft.sender = .user
        #expect(request() == #"{"conversation_id":"abc","as":"user","text":"t"}"#)
        draft.target = .user(try #require(UserID("abc")))
        #expect(request() == #"{"user_id":"abc","as":"user","text":"t"}"#)
    }

    @Test func `a fingerprint holds for one request and one key`() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let sample = try draft(.text("t"))
        let fingerprint = RequestFingerprint(of: sample, recordKey: key)
        #expect(fingerprint == RequestFingerprint(of: CanonicalContent.request(sample), recordKey: key))
        #expect(fingerprint != RequestFingerprint(of: sample, recordKey: [UInt8](repeating: 8, count: 32)))
        #expect(fingerprint != RequestFingerprint(of: try draft(.text("T")), recordKey: key))
        var other = sample
        other.sender = .user
        #expect(fingerprint != RequestFingerprint(of: other, recordKey: key))
        other = sample
        other.target = .user(try #require(UserID("abc")))
        #expect(fingerprint != RequestFingerprint(of: other, recordKey: key))
        #expect(RequestFingerprint(stored: fingerprint.bytes) == fingerprint)
        #expect(RequestFingerprint(stored: fingerprint.bytes.dropLast()) == nil)
        // As Python's hmac module computes it.
        let expected = "2acf7349752614d496193e826e2067f4b5022e316a67ee8bbdded604338cff48"
        #expect(Hexadecimal.text(fingerprint.bytes) == expected)
    }
}
