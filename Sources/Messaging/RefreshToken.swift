/// The OAuth token that brings new ones: visible ASCII, 1 to 4,096 characters, never printed.
package struct RefreshToken: Sendable, Equatable {
    package let secret: Secret

    /// Nil for what is none. RFC 6749 appendix A.17 also has blanks; no server gives such tokens, and none is taken.
    package init?(_ text: String) {
        guard (1...AccessToken.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = Secret(text)
    }
}
