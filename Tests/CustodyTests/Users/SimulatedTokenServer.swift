import Messaging

@testable import Custody

/// A token endpoint as Divar's is: a refresh replaces both tokens, and the old pair works on for two minutes.
struct SimulatedTokenServer {
    static let grace: Int64 = 120_000_000

    private struct Pair {
        let access: String
        var voidAt: Int64?
    }

    private var pairs: [String: Pair] = [:]
    private var accessEnds: [String: Int64] = [:]
    private var count = 0

    /// A user consents: a first pair.
    mutating func consent(lifeSeconds: Int, now: Int64) -> TokenPair {
        count += 1
        let (access, refresh) = ("access-\(count)", "refresh-\(count)")
        pairs[refresh] = Pair(access: access)
        accessEnds[access] = now + Int64(lifeSeconds) * 1_000_000
        return TokenPair(
            accessToken: AccessToken(access)!, refreshToken: RefreshToken(refresh)!, lifeSeconds: lifeSeconds)
    }

    /// Nil for a refresh token that is void.
    mutating func renew(_ token: RefreshToken, lifeSeconds: Int, now: Int64) -> TokenPair? {
        let text = token.secret.withExposedText { $0 }
        guard let pair = pairs[text], pair.voidAt.map({ now < $0 }) ?? true else { return nil }
        let end = pair.voidAt ?? now + SimulatedTokenServer.grace
        pairs[text]?.voidAt = end
        accessEnds[pair.access] = min(accessEnds[pair.access] ?? end, end)
        return consent(lifeSeconds: lifeSeconds, now: now)
    }

    func accepts(_ token: AccessToken, now: Int64) -> Bool {
        accessEnds[token.secret.withExposedText { $0 }].map { now < $0 } ?? false
    }

    /// How long a refresh token works still; nil where that isn't limited.
    func rest(of token: RefreshToken, now: Int64) -> Int64? {
        guard let pair = pairs[token.secret.withExposedText { $0 }] else { return 0 }
        return pair.voidAt.map { $0 - now }
    }
}
