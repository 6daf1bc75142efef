internal import StrictJSON

/// Who may renew tokens, and how long old ones go on working.
struct OAuthRules: Sendable, Hashable {
    var clientID = SandboxDefaults.oauthClient
    var clientSecret = SandboxDefaults.oauthSecret
    var redirectURI = SandboxDefaults.redirectURI
    /// A pair of tokens that was replaced works for so long.
    var graceSeconds = 120
    /// How long a new access token lives, where the one it replaces never ends.
    var lifeSeconds = 3600
}

extension OAuthRules: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(
            value, at: place,
            allowed: ["client_id", "client_secret", "redirect_uri", "grace_seconds", "expires_in"])
        self.init()
        clientID = members.text("client_id") ?? clientID
        clientSecret = members.text("client_secret") ?? clientSecret
        redirectURI = members.text("redirect_uri") ?? redirectURI
        graceSeconds = members.integer("grace_seconds", in: 0...SandboxLimits.tokenSeconds) ?? graceSeconds
        lifeSeconds = members.integer("expires_in", in: 1...SandboxLimits.tokenSeconds) ?? lifeSeconds
        guard members.finish(into: &problems) else { return nil }
    }
}
