package import Messaging

/// Makes keys for calling services.
package enum CallerKey {
    /// Says of a leaked string whose key it is, to people and to secret scanners.
    package static let prefix = "dgw_"

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    /// Six bits each: 256 bits take 43 digits, of which the last holds four.
    private static let length = 43

    /// A new key: the prefix and 256 random bits in base64url without padding (RFC 4648 section 5). It exists in the
    /// secret alone.
    package static func make(using generator: inout some RandomNumberGenerator) -> Secret {
        var text = Array(prefix.utf8)
        text.reserveCapacity(text.count + length)
        for place in 0..<length {
            let bits = Int.random(in: 0..<64, using: &generator)
            text.append(digits[place == length - 1 ? bits & 0b111100 : bits])
        }
        return Secret(erasing: &text)
    }
}
