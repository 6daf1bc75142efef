internal import HTTPWire
internal import StrictJSON

/// The token endpoint of Divar's OAuth server: `POST /oauth2/token` with a refresh token (RFC 6749 section 6).
///
/// A refresh replaces both tokens, and the old ones work on for the grace, as Divar's do.
extension SandboxWorld {
    mutating func renew(_ request: SandboxRequest, at now: SandboxTime) -> Response {
        guard let form = FormBody(request.body),
            request.head.fields[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
        else { return SandboxWorld.oauthError("invalid_request") }
        guard form["client_id"] == oauth.clientID, form["client_secret"] == oauth.clientSecret else {
            return SandboxWorld.oauthError("invalid_client", status: 401)
        }
        guard form["grant_type"] == "refresh_token" else { return SandboxWorld.oauthError("unsupported_grant_type") }
        guard form["redirect_uri"] == oauth.redirectURI, let given = form["refresh_token"] else {
            return SandboxWorld.oauthError("invalid_request")
        }
        guard let old = refreshTokens[given], now < old.expiresAt else {
            return SandboxWorld.oauthError("invalid_grant")
        }
        forgetEnded(at: now)
        guard tokens.count < SandboxLimits.tokens, refreshTokens.count < SandboxLimits.tokens else {
            return SandboxWorld.oauthError("temporarily_unavailable", status: 503)
        }
        let graceEnd = now.adding(seconds: oauth.graceSeconds)
        refreshTokens[given]?.expiresAt = min(old.expiresAt, graceEnd)
        let oldEnd = tokens[old.accessToken]?.expiresAt ?? graceEnd
        tokens[old.accessToken]?.expiresAt = min(oldEnd, graceEnd)
        let life = old.lifeSeconds ?? oauth.lifeSeconds
        let pair = (access: newIdentity() + newIdentity(), refresh: newIdentity() + newIdentity())
        tokens[pair.access] = IssuedToken(
            user: old.user, scopes: old.scopes, expiresAt: now.adding(seconds: life))
        refreshTokens[pair.refresh] = IssuedRefreshToken(
            accessToken: pair.access, user: old.user, scopes: old.scopes, lifeSeconds: old.lifeSeconds,
            expiresAt: now.adding(seconds: SandboxLimits.refreshTokenSeconds))
        return Response(
            json: .object([
                JSONMember("access_token", .string(pair.access)),
                JSONMember("token_type", .string("bearer")),
                JSONMember("expires_in", .number(String(life))),
                JSONMember("refresh_token", .string(pair.refresh)),
                JSONMember("scope", .string(old.scopes.sorted().joined(separator: " "))),
            ]))
    }

    /// Takes in a pair of tokens as a script or a control call gives it.
    mutating func issue(_ token: SandboxToken, at now: SandboxTime) {
        tokens[token.token] = token.issued(at: now)
        guard let refreshToken = token.refreshToken else { return }
        refreshTokens[refreshToken] = IssuedRefreshToken(
            accessToken: token.token, user: token.user, scopes: token.scopes, lifeSeconds: token.lifeSeconds,
            expiresAt: now.adding(seconds: SandboxLimits.refreshTokenSeconds))
    }

    private mutating func forgetEnded(at now: SandboxTime) {
        guard tokens.count >= SandboxLimits.tokens || refreshTokens.count >= SandboxLimits.tokens else { return }
        tokens = tokens.filter { $0.value.isValid(at: now) }
        refreshTokens = refreshTokens.filter { now < $0.value.expiresAt }
    }

    private static func oauthError(_ error: String, status: Int = 400) -> Response {
        Response(status: status, json: .object([JSONMember("error", .string(error))]))
    }
}
