/// What an operator says of the cache. Times in microseconds.
package struct CacheSettings: Sendable, Hashable {
    /// 0 turns the cache off.
    package var maximumBytes = 64 * 1024 * 1024
    /// How long an answer is fresh of which Divar doesn't say it.
    package var ttl: Int64 = 10_000_000
    package var negativeTTL: Int64 = 2_000_000
    package var staleWhileRevalidate: Int64 = 0
    package var staleIfError: Int64 = 60_000_000

    /// How long Divar's tokens live, counted from when one is first seen, where a caller doesn't say better.
    package static let tokenLife: Int64 = 3_600_000_000
    /// How long nothing that is read of a conversation is kept after a send whose outcome is unknown: Divar may act on
    /// it after we gave up waiting.
    package static let doubt: Int64 = 30_000_000
    /// Partitions that are remembered, with their tokens' ends; about 1 KB each.
    package static let maximumPartitions = 16_384
    /// What an entry takes beside its body's buffer: slot, keys, indexes. `make bench-cache` finds 1.7 to 2.8 KB, the
    /// most where hash tables have just grown.
    package static let entryOverhead = 2816
    /// Entries that a sweep looks at: some tens of microseconds.
    package static let sweepStep = 1024

    package init() {}
}
