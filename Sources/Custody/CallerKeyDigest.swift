private import Crypto
package import Messaging

/// The SHA-256 of a caller's key: what the configuration holds, since the key itself is kept by the caller alone.
///
/// A plain hash is enough because keys are 256 random bits: there is nothing to guess, so nothing to slow down.
package struct CallerKeyDigest: Sendable, Hashable {
    private let bytes: [UInt8]

    /// Reads 64 hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    package init(of key: Secret) {
        bytes = Array(SHA256.hash(of: key))
    }

    package var hexadecimal: String { Hexadecimal.text(bytes) }
}
