private import Crypto
private import Messaging

/// Binds a record to a content that it doesn't hold: HMAC-SHA-256 (RFC 2104) under a key made for that message alone.
///
/// With the key anybody can check that a content is the one; without it, after the key is destroyed, nobody can even
/// test a guess.
package struct Commitment: Sendable, Hashable, CustomStringConvertible {
    /// The bytes of a record key.
    package static let keyLength = 32

    private let bytes: [UInt8]

    package init(to content: [UInt8], key: [UInt8]) {
        precondition(key.count == Commitment.keyLength, "A record key has 32 bytes.")
        bytes = Array(HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: key)))
    }

    /// Reads 64 lower-case hexadecimal digits.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == 32, Hexadecimal.text(bytes) == text else {
            return nil
        }
        self.bytes = bytes
    }

    package func holds(for content: [UInt8], key: [UInt8]) -> Bool {
        key.count == Commitment.keyLength && Commitment(to: content, key: key) == self
    }

    package var description: String { Hexadecimal.text(bytes) }
}
