/// How full the cache is, and what it has done since the start.
package struct CacheState: Sendable, Hashable {
    package let entries: Int
    package let bytes: Int
    package let maximumBytes: Int
    package let fetches: Int
    /// Fetches that were not kept, because something changed while they were under way.
    package let fences: Int
    package let evictions: Int

    package init(entries: Int, bytes: Int, maximumBytes: Int, fetches: Int, fences: Int, evictions: Int) {
        (self.entries, self.bytes, self.maximumBytes) = (entries, bytes, maximumBytes)
        (self.fetches, self.fences, self.evictions) = (fetches, fences, evictions)
    }
}
