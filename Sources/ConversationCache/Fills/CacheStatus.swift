/// How a request was answered, as `Cache-Status` says it (RFC 9211). The key is left out: it would help probing.
package struct CacheStatus: Sendable, Hashable {
    /// Nil where the cache answered by itself.
    package var forward: ForwardReason?
    /// Divar's status, where it answered.
    package var forwardStatus: Int?
    /// Seconds for which the answer stays fresh, below zero where it is stale.
    package var ttl: Int?
    package var isStored = false
    /// Whether it shared another request's call.
    package var isCollapsed = false
    package var detail: Detail?
    package var isHit = false

    package enum Detail: String, Sendable, Hashable {
        case negative
        case staleWhileRevalidate = "stale-while-revalidate"
        case staleIfError = "stale-if-error"
        case onlyIfCached = "only-if-cached"
    }

    package init() {}

    package static func forwarded(_ reason: ForwardReason, status: Int? = nil) -> CacheStatus {
        var cacheStatus = CacheStatus()
        (cacheStatus.forward, cacheStatus.forwardStatus) = (reason, status)
        return cacheStatus
    }

    package var text: String {
        var text = "divar-gateway"
        if isHit { text += "; hit" }
        if let forward { text += "; fwd=" + forward.rawValue }
        if let forwardStatus { text += "; fwd-status=\(forwardStatus)" }
        if let ttl { text += "; ttl=\(ttl)" }
        if isStored { text += "; stored" }
        if isCollapsed { text += "; collapsed" }
        if let detail { text += "; detail=" + detail.rawValue }
        return text
    }
}
