package import Messaging

/// A message that has its outcome.
package struct ClosedMessage: Sendable, Hashable {
    package var message: MessageID
    /// The number of its outcome.
    package var outcome: Int
    /// The conversation that Divar named, where another was asked for.
    package var conversation: String?
    package var answer: [UInt8]?

    package init(message: MessageID, outcome: Int, conversation: String? = nil, answer: [UInt8]? = nil) {
        self.message = message
        self.outcome = outcome
        self.conversation = conversation
        self.answer = answer
    }
}
