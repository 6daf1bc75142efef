package import Messaging

/// What a commit does to the queue of messages that wait to be sent.
package enum QueueChange: Sendable, Hashable {
    case add(QueuedMessage)
    /// Nothing happens where there is no such message in the queue.
    case update(MessageID, state: QueuedMessage.State, attempts: Int, expires: Int64, retryAt: Int64)
    case remove(MessageID)
    /// Removes it, and undoes the whole commit where it isn't in the queue: so that it is taken once.
    case take(MessageID)
}
