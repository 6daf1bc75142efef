/// A user's OAuth tokens as a service hands them over to be kept.
package struct NewUserTokens: Sendable {
    /// When the access token ends.
    package enum End: Sendable, Hashable {
        /// In so many seconds.
        case seconds(Int)
        /// Microseconds since 1970.
        case time(Int64)
    }

    package var accessToken: AccessToken
    /// Nil where the user gave no offline access: then the tokens end with the access token.
    package var refreshToken: RefreshToken?
    package var end: End
    package var scope: String?
    /// Divar's id of the user, by which an event says that access was withdrawn.
    package var divarUser: UserID?

    package init(
        accessToken: AccessToken,
        refreshToken: RefreshToken?,
        end: End,
        scope: String? = nil,
        divarUser: UserID? = nil
    ) {
        (self.accessToken, self.refreshToken, self.end) = (accessToken, refreshToken, end)
        (self.scope, self.divarUser) = (scope, divarUser)
    }
}
