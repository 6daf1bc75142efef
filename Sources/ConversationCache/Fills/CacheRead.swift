/// A read that asks the cache.
package struct CacheRead: Sendable {
    package let key: CacheKey
    package let directives: CacheControl
    /// When the user's token ends, in microseconds of the monotonic clock, where the caller says it.
    package let tokenEnd: Int64?
    package let waiter: CacheWaiter

    package init(key: CacheKey, directives: CacheControl, tokenEnd: Int64?, waiter: CacheWaiter) {
        self.key = key
        self.directives = directives
        self.tokenEnd = tokenEnd
        self.waiter = waiter
    }

    /// Whether the request takes an answer of that age that stays fresh for so long (RFC 9111 section 5.2.1).
    func takes(age: Int64, remaining: Int64) -> Bool {
        guard !directives.isNoCache else { return false }
        if let maxAge = directives.maxAge, age > Int64(maxAge) * 1_000_000 { return false }
        if let minFresh = directives.minFresh, remaining < Int64(minFresh) * 1_000_000 { return false }
        return true
    }

    /// Whether it takes a stale answer: it didn't ask for any sort of freshness.
    var takesStale: Bool { !directives.isNoCache && directives.maxAge == nil && directives.minFresh == nil }
}
