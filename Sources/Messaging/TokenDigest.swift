/// The SHA-256 of a user's token: tells tokens apart where none may be kept.
package struct TokenDigest: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// - Parameter word: gives each of the four eighth-byte words of the hash, in order.
    package init(word: (_ index: Int) -> UInt64) {
        (first, second, third, fourth) = (word(0), word(1), word(2), word(3))
    }
}
