/// Names one call that waits for a place: the event loop that it belongs to, and its number there.
package struct QuotaTicket: Hashable, Sendable {
    package let loop: Int
    package let number: UInt64

    package init(loop: Int, number: UInt64) {
        (self.loop, self.number) = (loop, number)
    }
}
