/// What happened to a user's tokens, in the words of the trail.
package enum UserTokenEvent: String, Sendable, Equatable, CaseIterable {
    /// A service brought them.
    case stored
    /// New ones took their place.
    case refreshed
    /// Divar refused the refresh token.
    case refused = "refresh-refused"
    /// A service removed them.
    case deleted
    /// Divar said that the user withdrew the app's access.
    case revoked
}
