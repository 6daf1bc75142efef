/// What follows from the end of an attempt.
package enum SendQueueFollowUp: Sendable, Hashable {
    /// It is out of the queue.
    case finished(attempts: Int)
    /// It is tried again, not before a time in microseconds since 1970.
    case deferred(attempts: Int, until: Int64)
}
