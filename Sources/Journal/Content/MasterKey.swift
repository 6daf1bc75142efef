internal import Crypto
private import Messaging

/// A key under which record keys are kept; it lives in a file apart from the journal.
package struct MasterKey: Sendable {
    /// Sixteen hexadecimal digits that tell keys apart and say nothing of them.
    package let id: String
    let key: SymmetricKey

    package static let length = 32

    /// Nil where there aren't 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == MasterKey.length else { return nil }
        key = SymmetricKey(data: bytes)
        id = Hexadecimal.text(SHA256.hash(data: Array("divar-gateway master key".utf8) + bytes).prefix(8))
    }
}
