@testable import ConversationCache
import Messaging
import SeededCases
import Testing

/// What is known of partitions, and for how many.
@Suite struct PartitionTableTests {
    private static let hour = CacheSettings.tokenLife
    private static let keys: [CacheKey] = ["a", "b"].flatMap { caller in
        (1...3).flatMap { token in ["c", "d"].map { .named($0, caller: caller, token: UInt64(token)) } }
    }

    private func partition(_ caller: String, _ token: UInt64) -> CachePartition {
        CacheKey.named(caller: caller, token: token).partition
    }

    @Test func `it holds what a naive list holds`() {
        var random = SplitMix64()
        var table = PartitionTable()
        var linked: [CachePartition: Set<CacheKey>] = [:]
        for step in 0..<5_000 {
            let key = random.element(of: Self.keys)
            switch random.below(4) {
            case 0:
                #expect(table.meet(key.partition, now: Int64(step)).isEmpty)
                if linked[key.partition] == nil { linked[key.partition] = [] }
            case 1, 2:
                table.link(key)
                if linked[key.partition] != nil { linked[key.partition]?.insert(key) }
            default:
                table.unlink(key)
                linked[key.partition]?.remove(key)
            }
            #expect(table.keys(of: key.partition) == linked[key.partition] ?? [], "\(replay(step))")
            let ofToken = linked.filter { $0.key.token == key.partition.token }.flatMap(\.value)
            #expect(Set(table.keys(of: key.partition.token)) == Set(ofToken), "\(replay(step))")
            #expect(table.count == linked.count)
        }
    }

    @Test func `a token is as old as its first partition`() {
        var table = PartitionTable()
        _ = table.meet(partition("a", 1), now: 5)
        _ = table.meet(partition("b", 1), now: 1_000)
        _ = table.meet(partition("a", 1), now: 2_000)
        #expect(table.end(of: partition("a", 1)) == 5 + Self.hour)
        #expect(table.end(of: partition("b", 1)) == 5 + Self.hour)
        #expect(table.end(of: partition("b", 2)) == nil)
    }

    @Test func `the last word holds, in whatever order it comes`() {
        var table = PartitionTable()
        _ = table.meet(partition("a", 1), now: 0)
        table.hear(TokenWord(end: 20, number: 2), of: partition("a", 1))
        table.hear(TokenWord(end: 10, number: 1), of: partition("a", 1))
        #expect(table.end(of: partition("a", 1)) == 20)
        table.hear(TokenWord(end: 5, number: 3), of: partition("b", 1))
        #expect(table.end(of: partition("b", 1)) == nil)
    }

    @Test func `who shows too many tokens forgets its own, oldest first`() {
        var table = PartitionTable(limit: 10)
        let mine = CacheKey.named(caller: "a", token: 1)
        _ = table.meet(mine.partition, now: 0)
        table.link(mine)
        for token in 0..<1_000 {
            let key = CacheKey.named(caller: "b", token: UInt64(token))
            let forgotten = table.meet(key.partition, now: 0)
            table.link(key)
            #expect(forgotten == (token < 9 ? [] : [.named(caller: "b", token: UInt64(token - 9))]))
            #expect(table.count <= 10)
        }
        #expect(table.keys(of: mine.partition) == [mine])
        #expect(largestArray(in: table) < 200)
    }
}
