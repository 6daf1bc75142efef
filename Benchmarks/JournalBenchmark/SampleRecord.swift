internal import FoundationEssentials
internal import Journal
internal import Messaging

/// The records of an ordinary send.
enum SampleRecord {
    static let draft = MessageDraft(
        target: .conversation(ConversationID("6f1c1f6a-7f0e-4c53-9e9b-1e3a5b8a3d11") ?? sandboxConversation),
        sender: .bot,
        content: .text("سلام! فردا ساعت ۱۷ برای بازدید خوب است؟")
    )

    static var intent: RecordDraft {
        var record = RecordDraft(.intent)
        record.caller = .local
        record.knownBy = "key"
        record.peer = "127.0.0.1:52092"
        record.app = AppName("default")
        record.operation = Operation.botMessageToConversation.rawValue
        record.conversation = "6f1c1f6a-7f0e-4c53-9e9b-1e3a5b8a3d11"
        record.endpoint = EndpointName("v1.bot.conversation")
        record.traceID = "2637800b38609b33626f5207678cd8b4"
        return record
    }

    static var outcome: RecordDraft {
        var record = RecordDraft(.outcome)
        record.endpoint = EndpointName("v1.bot.conversation")
        record.outcome = .sent
        record.attempts = 1
        record.status = 200
        record.latencyMicroseconds = 4014
        return record
    }

    static func unixMilliseconds() -> UInt64 {
        UInt64(Date().timeIntervalSince1970 * 1000)
    }

    private static var sandboxConversation: ConversationID {
        guard let id = ConversationID("sandbox-conversation") else { preconditionFailure("It is one.") }
        return id
    }
}
