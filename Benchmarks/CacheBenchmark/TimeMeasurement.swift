internal import ConversationCache
internal import NIOCore
internal import SeededCases

/// How long the cache takes for a read, without the lock that the gateway takes for it.
struct TimeMeasurement {
    private static let rounds = 25
    private static let entries = 10_000

    func run() {
        let table = Table("Time, ns, median of \(TimeMeasurement.rounds) rounds", ["", "ns"], first: 56)
        let hit = hits(entries: TimeMeasurement.entries, body: 4096)
        table.row(["hit, 10,000 entries of 4 KB, at random", Table.number(hit)])
        table.row(["hit, 256 entries of 1 KB, at random", Table.number(hits(entries: 256, body: 1024))])
        table.row(["hit, 256 entries of 256 KB, at random", Table.number(hits(entries: 256, body: 262_144))])
        table.row(["miss, insert and eviction, 10,000 entries of 4 KB", Table.number(inserts())])
        for entries in [10_000, 50_000] {
            let name = "the same where all \(entries) entries were used 3 times"
            table.row([name, Table.number(longestInsert(entries: entries))])
        }
    }

    private func hits(entries: Int, body: Int) -> Double {
        let reads = (0..<entries).map { Feed.read(conversation: $0) }
        var cache = ConversationCache(settings: Feed.settings(maximumBytes: .max / 4))
        for read in reads { Feed.request(read, body: ByteBuffer(repeating: 0x20, count: body), of: &cache) }
        var random = SplitMix64(seed: 6)
        let order = (0..<20_000).map { _ in reads[random.below(entries)] }
        return median(of: order.count) {
            var count = 0
            for read in order { if case .answer = cache.decide(read, now: 1) { count += 1 } }
            precondition(count == order.count)
        }
    }

    /// With the release of what is evicted, and without the making of the body.
    private func inserts() -> Double {
        let (entries, batch) = (TimeMeasurement.entries, 2000)
        var cache = full(entries: entries, body: 4096)
        var next = entries
        let times = (0..<TimeMeasurement.rounds).map { _ in
            let reads = (next..<next + batch).map { Feed.read(conversation: $0) }
            let bodies = reads.map { _ in ByteBuffer(repeating: 0x20, count: 4096) }
            next += batch
            return nanoseconds {
                for (read, body) in zip(reads, bodies) { Feed.request(read, body: body, of: &cache) }
            } / Double(batch)
        }
        return Table.median(times)
    }

    /// The second insert after uses of all: the first has brought them into the main queue, where each may be spared as
    /// often as it was used since.
    private func longestInsert(entries: Int) -> Double {
        let reads = (0..<entries).map { Feed.read(conversation: $0) }
        let times = (0..<3).map { _ in
            var cache = full(entries: entries, body: 128)
            var last = 0.0
            for number in entries..<entries + 2 {
                for read in reads + reads + reads { _ = cache.decide(read, now: 1) }
                let (read, body) = (Feed.read(conversation: number), ByteBuffer(repeating: 0x20, count: 128))
                last = nanoseconds { Feed.request(read, body: body, of: &cache) }
            }
            return last
        }
        return Table.median(times)
    }

    private func full(entries: Int, body: Int) -> ConversationCache {
        var scratch = ConversationCache(settings: Feed.settings(maximumBytes: .max / 4))
        Feed.request(Feed.read(conversation: 0), body: ByteBuffer(repeating: 0x20, count: body), of: &scratch)
        var cache = ConversationCache(settings: Feed.settings(maximumBytes: scratch.bytes * entries))
        for number in 0..<entries {
            let bytes = ByteBuffer(repeating: 0x20, count: body)
            Feed.request(Feed.read(conversation: number), body: bytes, of: &cache)
        }
        return cache
    }

    private func median(of count: Int, _ work: () -> Void) -> Double {
        work()
        return Table.median((0..<TimeMeasurement.rounds).map { _ in nanoseconds(work) / Double(count) })
    }

    private func nanoseconds(_ work: () -> Void) -> Double {
        ContinuousClock().measure(work) / .nanoseconds(1)
    }
}
