package import Messaging

/// Which messages are meant.
package enum MessageSelection: Sendable, Hashable {
    case message(MessageID)
    case conversation(String)
    case user(String)
    /// Accepted before that millisecond since 1970.
    case before(UInt64)
}
