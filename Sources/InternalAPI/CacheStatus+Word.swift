internal import ConversationCache

extension CacheStatus {
    /// The most telling of what `Cache-Status` says, as a metric's label has it.
    var word: String {
        switch detail {
        case .negative where isHit: return "negative_hit"
        case .staleWhileRevalidate, .staleIfError: return "stale_hit"
        case .onlyIfCached: return "not_cached"
        default: break
        }
        if isHit { return "hit" }
        if isCollapsed { return "collapsed" }
        switch forward {
        case .bypass: return "bypass"
        case .request: return "refresh"
        case .stale: return forwardStatus == 304 ? "revalidated" : "stale"
        case .missing: return "miss"
        case nil: return "none"
        }
    }
}
