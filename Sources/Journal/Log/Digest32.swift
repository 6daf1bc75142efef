internal import Crypto
private import Messaging

/// Thirty-two bytes that came out of SHA-256.
package struct Digest32: Sendable, Hashable, CustomStringConvertible {
    private var words: SIMD4<UInt64>

    init(_ digest: SHA256.Digest) {
        words = unsafe digest.withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// Nil where there are more or fewer bytes.
    package init?(checking bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let array = Array(bytes)
        words = unsafe array.withUnsafeBytes { unsafe $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    package var bytes: [UInt8] {
        unsafe withUnsafeBytes(of: words) { unsafe Array($0) }
    }

    /// Feeds the bytes to a hash, without an array in between.
    func update(_ hash: inout SHA256) {
        unsafe withUnsafeBytes(of: words) { unsafe hash.update(bufferPointer: $0) }
    }

    package var description: String { Hexadecimal.text(bytes) }
}
