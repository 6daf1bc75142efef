internal import Delivery
internal import Messaging
private import StrictJSON

extension ConversationEvidence {
    /// - Parameters:
    ///   - divarAhead: by how many microseconds Divar's clock is ahead of this process's, as of now.
    ///   - clockOffset: as in `ConversationEvidence`.
    init(_ conversation: Conversation, divarAhead: Int64, clockOffset: Int64?) {
        self.init(
            messages: conversation.messages.map { message in
                Message(
                    text: message["type"]?.stringValue == "TEXT" ? message["text"]?.stringValue : nil,
                    sentAt: message["sent_at"]?.stringValue.flatMap { RFC3339Time.unixMicroseconds($0) }
                        .map { $0 - divarAhead },
                    isFromBot: message["sender"]?["type"]?.stringValue.flatMap { type in
                        ["BOT": true, "HUMAN": false][type]
                    }
                )
            },
            clockOffset: clockOffset
        )
    }
}
