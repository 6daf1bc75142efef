package import Messaging

/// What Divar's token endpoint gave for a refresh token.
package struct TokenPair: Sendable, Equatable {
    package var accessToken: AccessToken
    /// Nil where the old one stays (RFC 6749 section 6). Divar gives a new one each time.
    package var refreshToken: RefreshToken?
    package var lifeSeconds: Int
    /// Nil where it is the one that was asked for.
    package var scope: String?

    package init(accessToken: AccessToken, refreshToken: RefreshToken?, lifeSeconds: Int, scope: String? = nil) {
        (self.accessToken, self.refreshToken) = (accessToken, refreshToken)
        (self.lifeSeconds, self.scope) = (lifeSeconds, scope)
    }
}
