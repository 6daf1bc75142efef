@testable import ConversationCache
import Messaging
import SeededCases
import Testing

/// The indexes of the cache say the same, whatever happens to it.
@Suite struct ConsistencyTests {
    private static let keys = (0..<24).map { number in
        CacheKey.named("c\(number & 1)", caller: ["a", "b"][number >> 1 & 1], token: UInt64(number >> 2 % 6))
    }
    private static let ends: [FetchEnd] = [
        .bytes(10), .bytes(2_000), .bytes(50_000), .text("x", .said("no-store")), .text("x", .said("max-age=3")),
        .text("x", .said(tag: "\"1\"")), .notModified(fields: .none), .unkept("x"), .missing, .forbidden, .bad,
        .unreachable,
    ]

    @Test(arguments: 0..<60) func `nothing is left behind and nothing is missing`(number: Int) {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        var rig = CacheRig {
            $0.maximumBytes = 8_000
            $0.staleWhileRevalidate = random.chance(1, in: 2) ? 5_000_000 : 0
        }
        var (fetches, waiting, sends): ([FetchID], [(CacheWaiter, FetchID)], Int) = ([], [], 0)
        for step in 0..<300 {
            let key = random.element(of: Self.keys)
            switch random.below(21) {
            case 0..<8:
                let tokenEnd = random.chance(1, in: 5) ? rig.now + Int64(random.below(20)) * CacheRig.second : nil
                let directives = random.element(of: ["", "", "no-cache", "max-age=2", "only-if-cached", "no-store"])
                _ = rig.ask(key, directives, tokenEnd: tokenEnd)
                if let fetch = rig.fetch {
                    fetches.append(fetch.id)
                    waiting.append((rig.waiter, fetch.id))
                }
            case 8..<14:
                guard let fetch = fetches.randomElement(using: &random) else { continue }
                rig.end(fetch, random.element(of: Self.ends))
            case 14:
                if let (waiter, fetch) = waiting.randomElement(using: &random) {
                    _ = rig.cache.abandon(waiter, of: fetch)
                }
            case 15:
                rig.cache.beginSend(to: key.conversation)
                sends += 1
            case 16: rig.cache.endSend(to: key.conversation, isProvenNotSent: random.chance(1, in: 2))
            case 17: rig.cache.drop(key.partition.token)
            case 18: rig.cache.sweep(now: rig.now)
            case 19 where random.chance(1, in: 9): rig.cache.doubt(key.conversation, now: rig.now)
            default: if random.chance(1, in: 9) { rig.cache.removeAll() } else { rig.pass(Double(random.below(8))) }
            }
            check(rig.cache, "\(replay(number)), step \(step)")
        }
    }

    private func check(_ cache: ConversationCache, _ label: String) {
        let stored = Set(Self.keys.filter { cache.table.entry($0) != nil })
        #expect(cache.entryCount == stored.count, "\(label)")
        #expect(Set(cache.conversations.values.flatMap(\.keys)) == stored, "\(label)")
        let partitions = Set(Self.keys.map(\.partition))
        #expect(Set(partitions.flatMap { cache.partitions.keys(of: $0) }) == stored, "\(label)")
        #expect(Set(cache.conversations.values.flatMap(\.fills)) == Set(cache.fills.keys), "\(label)")
        #expect(cache.conversations.values.filter { $0.isEmpty }.isEmpty, "\(label)")
        let size = stored.reduce(0) { sum, key in
            sum + (cache.table.entry(key).map { EntryTable.size(of: $0, under: key) } ?? 0)
        }
        #expect(cache.bytes == size && size <= 8_000, "\(label)")
        for (key, id) in cache.joinable {
            #expect(cache.fills[id]?.key == key && cache.fills[id]?.isFenced == false, "\(label)")
        }
    }
}
