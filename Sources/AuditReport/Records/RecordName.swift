package import Messaging

/// What a person calls a record by: its number, or the message that it is about.
package enum RecordName: Sendable, Hashable {
    case number(Int)
    case message(MessageID)

    /// Nil where the text is neither.
    package init?(_ text: String) {
        if let message = MessageID(text) {
            self = .message(message)
        } else if let number = Int(text), number > 0, String(number) == text {
            self = .number(number)
        } else {
            return nil
        }
    }
}
