package import Messaging

/// What is to be done for a message that waits to be sent.
package enum SendQueueStep: Sendable, Hashable {
    /// Send it: `begun` has to be asked before a byte leaves, and `ended` or `postponed` told.
    case attempt(MessageID)
    /// It was not sent in time and won't be; it is out of the queue.
    case expire(MessageID, attempts: Int)
}
