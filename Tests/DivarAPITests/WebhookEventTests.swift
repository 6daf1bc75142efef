import DivarAPI
import Messaging
import SeededCases
import Testing

/// What is read from Divar's webhooks.
@Suite struct WebhookEventTests {
    private func event(_ text: String) -> WebhookEvent? { WebhookEvent(body: Array(text.utf8)) }

    @Test(arguments: [("NEW_MESSAGE", "new_message"), ("NEW_CHATBOT_MESSAGE", "new_chatbot_message")])
    func `a message names its conversation`(type: String, member: String) throws {
        let conversation = try #require(ConversationID("c-1"))
        let text =
            #"{"type":"\#(type)","\#(member)":{"id":"m","sent_at":1729429926140000,"conversation":{"id":"c-1"}}}"#
        #expect(event(text) == .newMessage(conversation))
    }

    @Test(arguments: [
        #"{"type":"NEW_MESSAGE"}"#, #"{"type":"NEW_MESSAGE","new_message":null}"#,
        #"{"type":"NEW_MESSAGE","new_message":{"conversation":{"id":""}}}"#,
        #"{"type":"NEW_MESSAGE","new_message":{"conversation":{"id":7}}}"#,
        #"{"type":"NEW_MESSAGE","new_message":{"conversation":{"id":".."}}}"#,
        #"{"type":"NEW_CHATBOT_MESSAGE","new_message":{"conversation":{"id":"c"}}}"#,
    ])
    func `a message without a conversation that can be read says so`(text: String) {
        #expect(event(text) == .unreadable)
    }

    @Test func `other events are told apart`() {
        #expect(
            event(#"{"type":"USER_ACCESS_REVOCATION","user_access_revocation":{"user_id":"u"}}"#)
                == .accessRevoked(user: UserID("u")))
        for text in ["{}", #"{"type":"NEW"}"#, #"{"type":1}"#, #"{"new_message":{"conversation":{"id":"c"}}}"#] {
            #expect(event(text) == .other)
        }
    }

    @Test(arguments: ["", "[]", "null", "7", "{", "{}}", "\u{FEFF}{}"])
    func `what is no object is no event`(text: String) {
        #expect(event(text) == nil)
    }

    @Test func `random bytes are read or refused`() {
        var random = SplitMix64()
        let pieces = [
            "{", "}", "\"type\"", ":", "\"NEW_MESSAGE\"", ",", "\"new_message\"", "\"conversation\"", "[", "\\", "1",
        ]
        for _ in 0..<20_000 {
            _ = event((0..<random.below(12)).map { _ in random.element(of: pieces) }.joined())
        }
    }
}
