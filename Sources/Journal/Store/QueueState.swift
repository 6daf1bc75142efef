/// Where a message stands in the queue.
package struct QueueState: Sendable, Hashable {
    package var state: QueuedMessage.State
    package var attempts: Int
    /// Microseconds since 1970.
    package var expires: Int64

    package init(state: QueuedMessage.State, attempts: Int, expires: Int64) {
        (self.state, self.attempts, self.expires) = (state, attempts, expires)
    }
}
