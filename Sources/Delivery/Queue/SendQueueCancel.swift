/// What a message that is taken back comes to.
package enum SendQueueCancel: Sendable, Hashable {
    /// It is out of the queue, and no byte of it leaves.
    case cancelled(attempts: Int)
    /// It may be with Divar already.
    case underWay
    case notInQueue
}
