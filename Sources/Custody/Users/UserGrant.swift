package import Messaging

/// The tokens by which an app may act for one of its users, and how long they do. Times are microseconds since 1970.
package struct UserGrant: Sendable, Equatable {
    package var accessToken: AccessToken
    /// Nil where there never was one, and once Divar refused it: then these tokens can't be renewed.
    package var refreshToken: RefreshToken?
    /// When these tokens came.
    package var since: Int64
    /// When the access token ends.
    package var expires: Int64
    package var scope: String?
    package var divarUser: UserID?
    /// Nil while they are those that a service brought.
    package var refreshedAt: Int64?
    /// Whether Divar may have replaced them already: set on disk before a refresh is asked for, so that a start after a
    /// crash asks again while the old ones still work.
    package var isInDoubt = false

    package init(
        accessToken: AccessToken,
        refreshToken: RefreshToken?,
        since: Int64,
        expires: Int64,
        scope: String? = nil,
        divarUser: UserID? = nil
    ) {
        (self.accessToken, self.refreshToken, self.since, self.expires) = (accessToken, refreshToken, since, expires)
        (self.scope, self.divarUser) = (scope, divarUser)
    }

    package init(_ new: NewUserTokens, now: Int64) {
        let expires =
            switch new.end {
            case .seconds(let seconds): now + Int64(seconds) * 1_000_000
            case .time(let time): time
            }
        self.init(
            accessToken: new.accessToken, refreshToken: new.refreshToken, since: now, expires: expires,
            scope: new.scope, divarUser: new.divarUser
        )
    }

    /// The grant as it goes on with new tokens.
    func renewed(with pair: TokenPair, now: Int64) -> UserGrant {
        var grant = self
        grant.accessToken = pair.accessToken
        if let refreshToken = pair.refreshToken { grant.refreshToken = refreshToken }
        grant.since = now
        grant.expires = now + Int64(pair.lifeSeconds) * 1_000_000
        if let scope = pair.scope { grant.scope = scope }
        grant.refreshedAt = now
        grant.isInDoubt = false
        return grant
    }

    var lifetime: Int64 { max(0, expires - since) }

    /// The part of its life at whose end a token is not used any more: what leaves here takes a while to arrive.
    private static let longestSlack: Int64 = 10_000_000

    func isUsable(at now: Int64) -> Bool {
        now < expires - min(UserGrant.longestSlack, lifetime / 10)
    }
}
