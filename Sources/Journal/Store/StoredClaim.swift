package import Messaging

/// An idempotency key that was used, and for what.
package struct StoredClaim: Sendable, Hashable {
    package var message: MessageID
    /// Under the record key: says nothing once that is erased.
    package var fingerprint: RequestFingerprint?
    /// Microseconds since 1970.
    package var expires: Int64
    /// What became of the message; its records are gone where pruning took them.
    package var life: MessageLife?

    package init(message: MessageID, fingerprint: RequestFingerprint?, expires: Int64, life: MessageLife? = nil) {
        self.message = message
        self.fingerprint = fingerprint
        self.expires = expires
        self.life = life
    }
}
