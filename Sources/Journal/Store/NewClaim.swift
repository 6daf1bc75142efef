package import Messaging

/// An idempotency key that is now used. Replaces an expired one of the same name.
package struct NewClaim: Sendable, Hashable {
    package var name: ClaimName
    package var message: MessageID
    package var fingerprint: RequestFingerprint
    /// Microseconds since 1970.
    package var expires: Int64

    package init(name: ClaimName, message: MessageID, fingerprint: RequestFingerprint, expires: Int64) {
        self.name = name
        self.message = message
        self.fingerprint = fingerprint
        self.expires = expires
    }
}
