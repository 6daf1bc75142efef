private import Messaging

/// Thirty-two bytes that came out of SHA-256.
package struct Digest32: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "SHA-256 gives 32 bytes.")
        self.bytes = bytes
    }

    /// Nil where there are more or fewer bytes.
    package init?(checking bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    package var description: String { Hexadecimal.text(bytes) }
}
