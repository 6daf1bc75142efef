/// A call that waits for a user's token: its loop, and its number there.
package struct UserTokenWaiter: Sendable, Hashable {
    package let loop: Int
    package let number: UInt64

    package init(loop: Int, number: UInt64) {
        (self.loop, self.number) = (loop, number)
    }
}
