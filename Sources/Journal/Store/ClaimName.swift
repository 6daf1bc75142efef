package import Messaging

/// An idempotency key is its caller's own: two callers may use the same one.
package struct ClaimName: Sendable, Hashable {
    package let caller: CallerName
    package let key: IdempotencyKey

    package init(caller: CallerName, key: IdempotencyKey) {
        self.caller = caller
        self.key = key
    }
}
