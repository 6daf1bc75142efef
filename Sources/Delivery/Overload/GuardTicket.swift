/// By which a call is known that asked to go to Divar: each asks with one of its own.
package struct GuardTicket: Sendable, Hashable {
    /// The event loop that asked.
    package let loop: Int
    package let number: UInt64

    package init(loop: Int, number: UInt64) {
        self.loop = loop
        self.number = number
    }
}
