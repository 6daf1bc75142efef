/// What became of an attempt to send a message that waited.
package enum SendQueueEnd: Sendable, Hashable {
    /// It was sent, nobody knows whether it was, or it was refused for good: it leaves the queue.
    case settled
    /// So many attempts were proven not to have sent it, and it may be tried again.
    case notSent(attempts: Int, retryAfterSeconds: Int?)
}
