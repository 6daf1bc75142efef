private import Crypto
package import Messaging

extension TokenDigest {
    /// Tokens are random, so that a plain hash can't be guessed back.
    package init(of token: AccessToken) {
        let bytes = Array(SHA256.hash(of: token.secret))
        self.init { index in
            bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
