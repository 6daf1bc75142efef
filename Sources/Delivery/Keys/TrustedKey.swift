/// A key that calls rely on, and what Divar refused it for.
struct TrustedKey: Sendable {
    /// A refused key is tried again after 30 s, and then after twice as long each time, up to an hour.
    static let firstBackoff: Int64 = 30_000_000
    static let maximumBackoff: Int64 = 3_600_000_000

    private struct Refusal {
        var backoff = TrustedKey.firstBackoff
        var nextTry: Int64
        var isTried = false
    }

    let key: KeyID
    let permissions: Set<String>?
    /// By what was asked for; under nil where Divar doesn't know the key at all.
    private var refusals: [String?: Refusal] = [:]

    init(key: KeyID, permissions: Set<String>?) {
        (self.key, self.permissions) = (key, permissions)
    }

    var isRefused: Bool { !refusals.isEmpty }

    /// Whether a call tries it before the others. Where it was refused and is due, this call does.
    mutating func takeTurn(for permission: String, now: Int64) -> Bool {
        let reasons = [nil, permission].filter { refusals[$0] != nil }
        guard reasons.allSatisfy({ refusals[$0].map { $0.nextTry <= now } ?? true }) else { return false }
        for reason in reasons {
            guard let backoff = refusals[reason]?.backoff else { continue }
            // One call at a time; should it get no answer, the next one is due as if it had been refused.
            refusals[reason] = Refusal(backoff: backoff, nextTry: now + backoff, isTried: true)
        }
        return true
    }

    /// - Returns: whether that is news.
    mutating func accepted(for permission: String) -> Bool {
        let before = refusals.count
        for reason in [nil, permission] { refusals[reason] = nil }
        return refusals.count < before
    }

    /// - Parameter permission: what it isn't allowed; nil where Divar doesn't know it.
    /// - Returns: when it is tried again, where that is news.
    mutating func refused(for permission: String?, now: Int64) -> Int64? {
        guard let refusal = refusals[permission] else {
            refusals[permission] = Refusal(nextTry: now + TrustedKey.firstBackoff)
            return TrustedKey.firstBackoff
        }
        // Calls that were under way when it was refused first are no tries.
        guard refusal.isTried else { return nil }
        let backoff = min(refusal.backoff * 2, TrustedKey.maximumBackoff)
        refusals[permission] = Refusal(backoff: backoff, nextTry: now + backoff)
        return nil
    }
}
