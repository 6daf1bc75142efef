/// What a caller is told of a send.
package struct SendAnswer: Sendable {
    package var result: Result<SendReceipt, Problem>
    /// Whether it was told before, for the same idempotency key.
    package var isReplay: Bool
    /// Until when the idempotency key is kept, in seconds since 1970; nil where there is none.
    package var keyExpires: Int?

    package init(_ result: Result<SendReceipt, Problem>, isReplay: Bool = false, keyExpires: Int? = nil) {
        self.result = result
        self.isReplay = isReplay
        self.keyExpires = keyExpires
    }
}
