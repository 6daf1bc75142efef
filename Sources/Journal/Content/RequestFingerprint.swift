private import Crypto
package import Messaging

/// Tells whether two sends under one idempotency key ask for the same, without keeping what they ask for.
///
/// HMAC-SHA-256 under the record key of the first: once that is erased nobody can test a guess, and nothing matches.
package struct RequestFingerprint: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(of draft: MessageDraft, recordKey: [UInt8]) {
        self.init(of: CanonicalContent.request(draft), recordKey: recordKey)
    }

    /// - Parameter request: from `RequestFingerprint.request(_:)`.
    init(of request: [UInt8], recordKey: [UInt8]) {
        let context = Array("divar-gateway idempotency".utf8)
        bytes = Array(HMAC<SHA256>.authenticationCode(for: context + request, using: SymmetricKey(data: recordKey)))
    }

    /// As it was stored; nil where there aren't 32 bytes.
    package init?(stored bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }
}
