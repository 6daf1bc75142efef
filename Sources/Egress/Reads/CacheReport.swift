/// How full the cache is, and what it has done since the start.
package struct CacheReport: Sendable, Hashable {
    package let entries: Int
    package let bytes: Int
    package let maximumBytes: Int
    /// Reads that were asked of Divar in order to be kept.
    package let fetches: Int
    /// Fetches that were not kept, because something changed while they were under way.
    package let fences: Int
    package let evictions: Int
}
