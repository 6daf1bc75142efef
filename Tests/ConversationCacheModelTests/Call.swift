import ConversationCache

/// A fetch that is under way, or is meant to be.
struct Call {
    var fetch: Fetch
    let key: Int
    /// When the fetch was ordered.
    var begun: Int64
    /// When somebody began to make it; nil while the order is still on its way.
    var requested: Int64?
    /// Who is to make it; nil where it refreshes in the background.
    var maker: CacheWaiter?
    /// What Divar is asked to compare with.
    var asked: Int?
    /// What it renews, if it is answered by 304: any of these.
    let renews: [Kept]
    /// The conversation as Divar saw it for this call.
    var seen: Int?
    /// Whether something happened since that makes its answer old.
    var isFenced = false
    /// Whether the cache has reason to let nobody join any more.
    var isShut = false

    init(_ fetch: Fetch, key: Int, now: Int64, maker: CacheWaiter?, asked: Int?, renews: [Kept]) {
        (self.fetch, self.key, begun, requested) = (fetch, key, now, now)
        (self.maker, self.asked, self.renews) = (maker, asked, renews)
    }
}
