private import Messaging
private import StrictJSON

extension TokenPair {
    /// Where an answer doesn't say it (RFC 6749 section 5.1); Divar's is this.
    private static let usualLife = 3600
    private static let longestLife = 315_360_000

    /// What a token endpoint's successful answer gives; nil where it makes no sense.
    package init?(answer body: [UInt8]) {
        guard let value = try? JSONParser.parse(body), !value.hasRepeatedMembers,
            let access = value["access_token"]?.stringValue.flatMap({ AccessToken($0) })
        else { return nil }
        var refresh: RefreshToken?
        if let text = value["refresh_token"]?.stringValue {
            guard let token = RefreshToken(text) else { return nil }
            refresh = token
        }
        let life = value["expires_in"]?.wholeNumberValue ?? TokenPair.usualLife
        guard (1...TokenPair.longestLife).contains(life) else { return nil }
        self.init(accessToken: access, refreshToken: refresh, lifeSeconds: life, scope: value["scope"]?.stringValue)
    }
}
