import Messaging
import Testing

/// What a draft asks of Divar, and what a caller must be allowed for it.
@Suite struct OperationTests {
    @Test func `target and sender of a draft decide its operation`() throws {
        let conversation = MessageTarget.conversation(try #require(ConversationID("c1")))
        let user = MessageTarget.user(try #require(UserID("u1")))
        let expected: [(MessageTarget, MessageSender, Messaging.Operation)] = [
            (conversation, .bot, .botMessageToConversation), (conversation, .user, .messageAsUser),
            (user, .bot, .botMessageToUser), (user, .user, .botMessageToUser),
        ]
        for (target, sender, operation) in expected {
            #expect(MessageDraft(target: target, sender: sender, content: .text("x")).operation == operation)
        }
    }

    @Test func `content and buttons do not change the operation`() throws {
        let target = MessageTarget.conversation(try #require(ConversationID("c1")))
        var draft = MessageDraft(target: target, sender: .bot, content: .media(try #require(MediaToken("m"))))
        draft.buttons = ButtonGrid(rows: [[Button(caption: "x", action: .openURL("https://divar.ir"))]])
        draft.senderButtons = draft.buttons
        #expect(draft.operation == .botMessageToConversation)
    }

    @Test func `every operation asks for its permission`() {
        let sending: Set<Messaging.Operation> = [.botMessageToConversation, .botMessageToUser, .messageAsUser]
        for operation in Messaging.Operation.allCases {
            let expected: Permission =
                sending.contains(operation) ? .send : operation == .readConversation ? .read : .upload
            #expect(operation.permission == expected)
        }
        #expect(Messaging.Operation.allCases.count == 5)
        #expect(Set(Messaging.Operation.allCases.map(\.rawValue)).count == 5)
    }

    @Test func `three operations need a user's token`() {
        let needing = Messaging.Operation.allCases.filter(\.needsUserToken)
        #expect(Set(needing) == [.botMessageToUser, .messageAsUser, .readConversation])
    }

    @Test func `the words of the configuration and of the answers stay`() {
        #expect(Permission.allCases.map(\.rawValue) == ["send", "read", "upload", "users"])
        #expect(Outcome.allCases.map(\.rawValue) == ["not_sent", "sent", "unknown"])
        #expect(MessageSender.allCases.map(\.rawValue) == ["bot", "user"])
    }

    @Test func `a grid without rows is no buttons`() {
        #expect(ButtonGrid().isEmpty)
        #expect(!ButtonGrid(rows: [[]]).isEmpty)
        #expect(ButtonGrid.maximumRows == 3)
        #expect(ButtonGrid.maximumButtonsInRow == 3)
    }

    /// Drafts are compared to tell a repeated call from another one.
    @Test func `drafts whose texts differ in their scalars are not equal`() throws {
        let target = MessageTarget.conversation(try #require(ConversationID("c1")))
        let composed = MessageDraft(target: target, sender: .bot, content: .text("caf\u{E9}"))
        let decomposed = MessageDraft(target: target, sender: .bot, content: .text("cafe\u{301}"))
        #expect(composed != decomposed)
    }

    @Test func `drafts whose buttons differ in their scalars are not equal`() throws {
        let target = MessageTarget.conversation(try #require(ConversationID("c1")))
        func draft(caption: String, url: String) -> MessageDraft {
            let button = Button(caption: caption, action: .openURL(url))
            return MessageDraft(
                target: target, sender: .bot, content: .text("x"), buttons: ButtonGrid(rows: [[button]])
            )
        }
        let plain = draft(caption: "caf\u{E9}", url: "https://a.example/\u{E9}")
        #expect(plain == draft(caption: "caf\u{E9}", url: "https://a.example/\u{E9}"))
        #expect(plain != draft(caption: "cafe\u{301}", url: "https://a.example/\u{E9}"))
        #expect(plain != draft(caption: "caf\u{E9}", url: "https://a.example/e\u{301}"))
    }
}
