/// A fetch under way, with those who wait for it.
struct Fill {
    struct Waiting {
        let read: CacheRead
        /// Whether it came to a fetch that was begun for somebody else.
        var isCollapsed: Bool
    }

    let id: FetchID
    let key: CacheKey
    let reason: ForwardReason
    /// Since when it is under way, in microseconds of the monotonic clock.
    var begun: Int64
    /// The first one's read began it, unless it refreshes in the background.
    var waiting: [Waiting]
    var isBackground: Bool
    /// Whether a send or a refusal of the token came since: then its answer is not kept, and nobody joins.
    var isFenced = false
    /// Whether it was begun while a send may still arrive: then its answer is not kept.
    var isDoubtful = false
    /// Whether it was made a second time already.
    var isRepeated = false
    /// Whether Divar is asked what has changed.
    var isConditional = false
    /// What is revalidated by it, as long as that may be used.
    var revalidated: CacheEntry?
    /// When the token ends, by the last word of its caller's.
    var tokenEnd: TokenWord?

    /// What is said of its end to one of those who wait.
    func status(of waiting: Waiting, divarStatus: Int?) -> CacheStatus {
        var status = CacheStatus.forwarded(reason, status: divarStatus)
        status.isCollapsed = waiting.isCollapsed
        return status
    }

    var fetch: Fetch {
        Fetch(id: id, key: key, validators: revalidated?.fields.validators ?? Validators())
    }
}
