/// A Divar user's OAuth access token, as a caller brought it: visible ASCII, 1 to 4,096 characters, never printed.
package struct AccessToken: Sendable, Equatable {
    package static let maximumLength = 4096

    package let secret: Secret

    /// Nil where the text could not stand in an `Authorization` field (RFC 6750 section 2.1 has visible ASCII only).
    package init?(_ text: String) {
        guard (1...AccessToken.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = Secret(text)
    }
}
