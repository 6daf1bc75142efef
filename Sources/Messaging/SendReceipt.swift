/// What a caller learns of a message that Divar took.
package struct SendReceipt: Sendable, Hashable {
    package var messageID: MessageID
    /// Where it stands; nil only where Divar didn't say.
    package var conversation: String?
    package var endpoint: EndpointName
    package var attempts: Int

    package init(messageID: MessageID, conversation: String?, endpoint: EndpointName, attempts: Int) {
        self.messageID = messageID
        self.conversation = conversation
        self.endpoint = endpoint
        self.attempts = attempts
    }
}
