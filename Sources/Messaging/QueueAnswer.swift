/// What a caller is told of a message that is to be sent when there is room for it.
package enum QueueAnswer: Sendable {
    /// It is in the queue; also where it was there before, for the same idempotency key.
    ///
    /// - Parameter expires: microseconds since 1970.
    case accepted(MessageID, expires: Int64)
    /// It isn't: an answer as to any send.
    case answered(SendAnswer)
}
