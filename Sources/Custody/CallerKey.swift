private import FoundationEssentials
package import Messaging

/// Makes keys for calling services.
package enum CallerKey {
    /// Says of a leaked string whose key it is, to people and to secret scanners.
    package static let prefix = "dgw_"

    /// A new key: the prefix and 256 random bits in base64url without padding (RFC 4648 section 5).
    package static func make(using generator: inout some RandomNumberGenerator) -> Secret {
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let base64 = Data(bytes).base64EncodedString()
        let url = base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return Secret(prefix + url)
    }
}
