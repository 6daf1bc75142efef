/// What a conversation shows at one time.
package struct ConversationEvidence: Sendable, Hashable {
    package struct Message: Sendable, Hashable {
        /// Nil where it is no text.
        package var text: String?
        /// When Divar's clock said that it was sent, by the clock of this process; nil where it can't be read.
        package var sentAt: Int64?
        /// Nil where the sender can't be read.
        package var isFromBot: Bool?

        package init(text: String?, sentAt: Int64?, isFromBot: Bool?) {
            (self.text, self.sentAt, self.isFromBot) = (text, sentAt, isFromBot)
        }
    }

    package var messages: [Message]
    /// By how many microseconds Divar's clock is ahead of the system's; nil where that can't be told.
    package var clockOffset: Int64?

    package init(messages: [Message], clockOffset: Int64?) {
        (self.messages, self.clockOffset) = (messages, clockOffset)
    }
}
