/// What a conversation shows at one time.
package struct ConversationEvidence: Sendable, Hashable {
    package struct Message: Sendable, Hashable {
        /// Nil where it is no text.
        package var text: String?
        /// Microseconds since 1970 by Divar's clock; nil where it can't be read.
        package var sentAt: Int64?
        /// Nil where the sender can't be read.
        package var isFromBot: Bool?

        package init(text: String?, sentAt: Int64?, isFromBot: Bool?) {
            (self.text, self.sentAt, self.isFromBot) = (text, sentAt, isFromBot)
        }
    }

    package var messages: [Message]
    /// By how many microseconds Divar's clock is ahead of ours; nil where the answer had no date.
    package var clockOffset: Int64?

    package init(messages: [Message], clockOffset: Int64?) {
        (self.messages, self.clockOffset) = (messages, clockOffset)
    }
}
