/// A refresh token, and what it renews.
struct IssuedRefreshToken: Sendable, Hashable {
    let accessToken: String
    let user: String
    let scopes: Set<String>
    /// Of the access tokens that it brings; nil where the rules say it.
    let lifeSeconds: Int?
    /// When it stops working: 30 days after it was given, or once the grace is over after it was replaced.
    var expiresAt: SandboxTime
}
