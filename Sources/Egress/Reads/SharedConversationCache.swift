package import ConversationCache
internal import NIOCore
private import Synchronization

/// The cache that all event loops share. Every use is a short look under a lock, with no I/O and no callback in it.
package final class SharedConversationCache: Sendable {
    private let cache: Mutex<ConversationCache>
    private let loops = Mutex<[NIOLoopBound<CachedReads>]>([])

    package init(settings: CacheSettings) {
        cache = Mutex(ConversationCache(settings: settings))
    }

    /// Takes new settings; what was kept is given up, and its memory with it.
    package func reconfigure(_ settings: CacheSettings) {
        cache.withLock { $0.reconfigure(settings) }
    }

    /// Gives up some of what is of no use any more. To be called every second.
    package func sweep() {
        let now = SharedConversationCache.microseconds(.now())
        cache.withLock { $0.sweep(now: now) }
    }

    /// How full it is, and what it has done.
    package func report() -> CacheReport {
        cache.withLock { cache in
            CacheReport(
                entries: cache.entryCount, bytes: cache.bytes, maximumBytes: cache.settings.maximumBytes,
                fetches: cache.fetchCount, fences: cache.fenceCount, evictions: cache.evictionCount)
        }
    }

    func use<Result>(_ use: (inout ConversationCache) -> Result) -> Result {
        cache.withLock { cache in use(&cache) }
    }

    /// A loop's part of the cache takes its place; notices for its waiters come to it.
    func join(_ makeReads: (_ loop: Int) -> NIOLoopBound<CachedReads>) -> NIOLoopBound<CachedReads> {
        loops.withLock { loops in
            let reads = makeReads(loops.count)
            loops.append(reads)
            return reads
        }
    }

    /// Tells those who waited, each on its loop.
    func deliver(_ settlement: Settlement, from loop: Int) {
        var notices: [Int: [(UInt64, Settlement.Notice)]] = [:]
        for (waiter, notice) in settlement.notices {
            notices[waiter.loop, default: []].append((waiter.number, notice))
        }
        for (number, notices) in notices {
            let reads = loops.withLock { $0[number] }
            if number == loop {
                reads.value.take(notices)
            } else {
                reads.eventLoop.execute { reads.value.take(notices) }
            }
        }
    }

    /// The cache's time: microseconds of the clock that deadlines go by.
    static func microseconds(_ deadline: NIODeadline) -> Int64 { Int64(deadline.uptimeNanoseconds / 1000) }
}
