package import Messaging

/// What became of a submission.
package enum JournalResult: Sendable {
    /// It is on disk.
    case committed
    /// The idempotency key was used for the same before, and this is what became of it.
    indirect case replay(StoredClaim)
    /// The idempotency key is in use by a call that is under way.
    case inFlight
    /// The idempotency key stands for a message that waits in the queue.
    case waiting(MessageID, expires: Int64)
    /// The idempotency key was used for something else.
    case mismatch
    /// The answer to a look-up; nil where the journal has no such message.
    indirect case life(MessageLife?)
    /// The answer to who asked for one message of the queue.
    indirect case queued(QueuedMessage?)
    /// The answer to who asked for a page of the queue, and behind which message the next one begins: nil at its end.
    case queue([QueuedMessage], next: MessageID?)
    /// It can't be written now. An intent whose batch failed may be on disk all the same: the journal settles it as not
    /// sent once it is well again, but after a crash before that it is there as if it had been accepted.
    indirect case unavailable(JournalStoreError, mayBeOnDisk: Bool = false)
}
