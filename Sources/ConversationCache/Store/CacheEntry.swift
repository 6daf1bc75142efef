/// An answer that may be used again. Never changes; given out as it is, without a copy.
package final class CacheEntry: Sendable {
    package let content: CachedContent
    /// What Divar said about it.
    let fields: ResponseFields
    let freshness: Freshness
    /// When it came, in microseconds of the monotonic clock.
    let received: Int64
    /// By which fetch it came. A later fetch's answer is never replaced by an earlier one's.
    let fetch: FetchID

    init(content: CachedContent, fields: ResponseFields, freshness: Freshness, received: Int64, fetch: FetchID) {
        self.content = content
        self.fields = fields
        self.freshness = freshness
        self.received = received
        self.fetch = fetch
    }

    /// Section 4.2.3 of RFC 9111, in microseconds.
    func age(at now: Int64) -> Int64 { freshness.initialAge + max(0, now - received) }

    /// How long it stays fresh; below zero, how long it has been stale.
    func remaining(at now: Int64) -> Int64 { freshness.lifetime - age(at: now) }

    /// Whole seconds, as fields say them.
    func ageSeconds(at now: Int64) -> Int { Int(age(at: now) / 1_000_000) }

    /// Whole seconds, rounded down also below zero.
    func ttlSeconds(at now: Int64) -> Int { Int((Double(remaining(at: now)) / 1_000_000).rounded(.down)) }

    var needsRevalidation: Bool { fields.cacheControl?.isNoCache ?? false }

    /// For how long it may be used once it is stale, in microseconds (RFC 9111 section 4.2.4, RFC 5861). Divar's word
    /// comes before the operator's; an operator who trusts no answer by itself (`ttl` zero) trusts none that is stale.
    func staleWindow(for use: StaleUse, settings: CacheSettings) -> Int64 {
        guard case .conversation = content else { return 0 }
        let control = fields.cacheControl
        guard control.map({ !$0.isNoCache && !$0.isMustRevalidate }) ?? true else { return 0 }
        let (said, configured) =
            switch use {
            case .whileRevalidating: (control?.staleWhileRevalidate, settings.staleWhileRevalidate)
            case .onError: (control?.staleIfError, settings.staleIfError)
            }
        return said.map { Int64($0) * 1_000_000 } ?? (settings.ttl > 0 ? configured : 0)
    }

    /// Whether anything can still be done with it.
    func isOfUse(at now: Int64, settings: CacheSettings) -> Bool {
        if !fields.validators.isEmpty { return true }
        if needsRevalidation { return false }
        let windows = StaleUse.allCases.map { staleWindow(for: $0, settings: settings) }
        return remaining(at: now) + (windows.max() ?? 0) > 0
    }
}
