private import Messaging
private import StrictJSON

extension UserGrant {
    /// As bytes to be sealed: JSON whose members are those of `docs/audit-trail.md`.
    package var bytes: [UInt8] {
        func number(_ number: Int64) -> JSONValue { .number(String(number)) }
        var members = [
            JSONMember("access_token", accessToken.secret.withExposedText(JSONValue.string)),
            JSONMember("since", number(since)),
            JSONMember("expires", number(expires)),
        ]
        if let refreshToken {
            members.append(JSONMember("refresh_token", refreshToken.secret.withExposedText(JSONValue.string)))
        }
        if let scope { members.append(JSONMember("scope", .string(scope))) }
        if let divarUser { members.append(JSONMember("divar_user", .string(divarUser.text))) }
        if let refreshedAt { members.append(JSONMember("refreshed_at", number(refreshedAt))) }
        if isInDoubt { members.append(JSONMember("in_doubt", .bool(true))) }
        return JSONWriter.bytes(.object(members))
    }

    /// Nil where the bytes are not those of a grant.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes),
            let accessToken = value["access_token"]?.stringValue.flatMap({ AccessToken($0) }),
            let since = value["since"]?.integerValue, let expires = value["expires"]?.integerValue
        else { return nil }
        self.init(
            accessToken: accessToken, refreshToken: value["refresh_token"]?.stringValue.flatMap { RefreshToken($0) },
            since: Int64(since), expires: Int64(expires), scope: value["scope"]?.stringValue,
            divarUser: value["divar_user"]?.stringValue.flatMap { UserID($0) }
        )
        refreshedAt = value["refreshed_at"]?.integerValue.map { Int64($0) }
        isInDoubt = value["in_doubt"]?.boolValue ?? false
    }
}
