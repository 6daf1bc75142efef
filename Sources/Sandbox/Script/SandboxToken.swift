private import Messaging
internal import StrictJSON

/// A user's access token as a script or a control call gives it.
struct SandboxToken: Sendable, Hashable {
    let token: String
    let user: String
    let scopes: Set<String>
    /// Nil for a token that never expires.
    let lifeSeconds: Int?
    /// What renews it at the token endpoint; nil where nothing does.
    var refreshToken: String?

    func issued(at now: SandboxTime) -> IssuedToken {
        IssuedToken(user: user, scopes: scopes, expiresAt: lifeSeconds.map { now.adding(seconds: $0) })
    }
}

extension SandboxToken: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(
            value, at: place, allowed: ["token", "user", "scopes", "expires_in", "refresh_token"])
        let token = members.text("token")
        if let token, AccessToken(token) == nil { members.complain("token", "must be visible ASCII characters") }
        let user = members.text("user")
        if let user, UserID(user) == nil {
            members.complain("user", "must be 1 to \(UserID.maximumLength) characters of A-Z a-z 0-9 _ - + / =")
        }
        let scopes = members.texts("scopes")
        lifeSeconds = members.integer("expires_in", in: 0...SandboxLimits.tokenSeconds, orNull: true)
        refreshToken = members.text("refresh_token")
        if let refreshToken, RefreshToken(refreshToken) == nil {
            members.complain("refresh_token", "must be visible ASCII characters")
        }
        for name in ["token", "user", "scopes"] { members.require(name) }
        guard members.finish(into: &problems), let token, let user, let scopes else { return nil }
        self.token = token
        self.user = user
        self.scopes = Set(scopes)
    }
}
