internal import Messaging
internal import StrictJSON

/// Reads the body of `PUT /users/{name}/tokens`: an answer of Divar's token endpoint as it came, or the same by hand.
///
/// No value of it is repeated in a violation: each could be a token in the wrong place.
struct UserTokensBodyReader {
    /// Ten years, so that a time added to any clock's stays a time.
    static let longestLife = 315_360_000
    static let scopeBytes = 4096

    private var violations = ViolationList()

    static func tokens(from body: [UInt8]) throws(Problem) -> NewUserTokens {
        let value: JSONValue
        do {
            value = try JSONParser.parse(body, maximumDepth: MessageLimits.bodyDepth)
        } catch {
            throw problem([Violation(pointer: "", detail: "not a JSON text: \(error)")])
        }
        var reader = UserTokensBodyReader()
        guard let tokens = reader.tokens(value), reader.violations.isEmpty else {
            throw problem(reader.violations.reported)
        }
        return tokens
    }

    private static func problem(_ violations: [Violation]) -> Problem {
        Problem(.invalidRequest, detail: "The body is not a user's tokens.", violations: violations)
    }

    private mutating func tokens(_ value: JSONValue) -> NewUserTokens? {
        guard case .object = value else {
            violations.add(JSONPointer(), "must be an object, not \(value.kindName)")
            return nil
        }
        for pointer in value.repeatedMembers() { violations.add(pointer, "appears more than once") }
        let object = MemberReader(
            value, at: JSONPointer(),
            knowing: [
                "access_token", "refresh_token", "expires_in", "expires_at", "scope", "divar_user_id", "token_type",
            ],
            violations: &violations
        )
        if object["access_token"] == nil { violations.add(JSONPointer("access_token"), "is required") }
        let tokenRule = "must be 1 to \(AccessToken.maximumLength) visible ASCII characters"
        let access = text(object, "access_token", tokenRule) { AccessToken($0) }
        let refresh = text(object, "refresh_token", tokenRule) { RefreshToken($0) }
        let scope = text(object, "scope", "must be words of visible ASCII characters, one blank between them") {
            UserTokensBodyReader.isScope($0) ? $0 : nil
        }
        let userRule = "must be 1 to \(UserID.maximumLength) characters of A-Z a-z 0-9 _ - + / ="
        let divarUser = text(object, "divar_user_id", userRule) { UserID($0) }
        _ = text(object, "token_type", "must be bearer") { $0.lowercased() == "bearer" ? $0 : nil }
        let end = end(object)
        guard let access, let end else { return nil }
        return NewUserTokens(
            accessToken: access, refreshToken: refresh, end: end, scope: scope, divarUser: divarUser)
    }

    private mutating func text<Value>(
        _ object: MemberReader,
        _ name: String,
        _ rule: String,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let value = object[name], let text = violations.string(value, at: JSONPointer(name)) else { return nil }
        let parsed = parse(text)
        if parsed == nil { violations.add(JSONPointer(name), rule) }
        return parsed
    }

    private mutating func end(_ object: MemberReader) -> NewUserTokens.End? {
        switch (object["expires_in"], object["expires_at"]) {
        case (nil, nil), (.some, .some):
            violations.add(JSONPointer(), "exactly one of expires_in and expires_at is required")
            return nil
        case (let value?, nil):
            guard let seconds = value.wholeNumberValue, (1...UserTokensBodyReader.longestLife).contains(seconds) else {
                let longest = UserTokensBodyReader.longestLife
                violations.add(JSONPointer("expires_in"), "must be a whole number of seconds from 1 to \(longest)")
                return nil
            }
            return .seconds(seconds)
        case (nil, let value?):
            guard let text = violations.string(value, at: JSONPointer("expires_at")) else { return nil }
            guard let time = RFC3339Time.unixMicroseconds(text), time > 0 else {
                violations.add(
                    JSONPointer("expires_at"), "must be a time such as 2026-11-22T08:00:00+03:30 (RFC 3339)")
                return nil
            }
            return .time(time)
        }
    }

    /// RFC 6749 section 3.3.
    private static func isScope(_ text: String) -> Bool {
        let words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        return text.utf8.count <= scopeBytes
            && words.allSatisfy { word in
                !word.isEmpty && word.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            }
    }
}
