@testable import ConversationCache
import Messaging
import NIOCore
import SeededCases
import Testing

@Suite struct EntryTableTests {
    private static let callers = ["a", "b", "c"]
    private static let keys = callers.flatMap { caller in (0..<12).map { CacheKey.named("c\($0)", caller: caller) } }
    private static let overhead = CacheSettings.entryOverhead

    /// Sizes by key, and what they add up to.
    private struct Model {
        var entries: [CacheKey: CacheEntry] = [:]

        func bytes(of caller: String? = nil) -> Int {
            entries.reduce(0) { sum, pair in
                let counts = caller.map { $0 == pair.key.partition.caller.text } ?? true
                return counts ? sum + EntryTable.size(of: pair.value, under: pair.key) : sum
            }
        }
    }

    private func check(_ table: EntryTable, _ model: Model, _ label: String) {
        #expect(table.count == model.entries.count, "\(label)")
        #expect(table.bytes == model.bytes(), "\(label)")
        #expect(table.bytes <= table.maximumBytes, "\(label)")
        for key in Self.keys { #expect(table.entry(key) === model.entries[key], "\(label)") }
    }

    @Test(arguments: 0..<60) func `a table holds what a dictionary would hold, less what had to go`(number: Int) {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        var table = EntryTable(maximumBytes: (2 + random.below(12)) * 2 * Self.overhead)
        var model = Model()
        for step in 0..<400 {
            let key = random.element(of: Self.keys)
            let label = "\(replay(number)), step \(step)"
            switch random.below(10) {
            case 0..<6:
                let size = random.chance(1, in: 20) ? table.maximumBytes : random.below(3 * Self.overhead)
                let entry = SlotBench.entry(bytes: size, fetch: UInt64(step))
                insert(entry, key, &table, &model, label)
            case 6, 7:
                let used = table.use(key)
                #expect(used === model.entries[key], "\(label)")
            case 8:
                let wasThere = table.remove(key)
                #expect(wasThere == (model.entries.removeValue(forKey: key) != nil), "\(label)")
            default:
                let dead = table.sweep(1 + random.below(40)) { key, _ in key.conversation == .named("c1") }
                #expect(dead.allSatisfy { $0.conversation == .named("c1") && model.entries[$0] != nil }, "\(label)")
            }
            check(table, model, label)
        }
    }

    /// Nothing goes that hasn't to, and nothing of anybody's who holds less than an equal part.
    private func insert(
        _ entry: CacheEntry,
        _ key: CacheKey,
        _ table: inout EntryTable,
        _ model: inout Model,
        _ label: String
    ) {
        let evicted = table.insert(entry, under: key)
        guard EntryTable.size(of: entry, under: key) <= table.maximumBytes else {
            model.entries[key] = nil
            #expect(evicted == [key], "\(label)")
            return
        }
        model.entries[key] = entry
        for gone in evicted {
            #expect(model.bytes() > table.maximumBytes, "\(label): \(gone) had not to go")
            let caller = gone.partition.caller.text
            let share = model.bytes(of: caller)
            #expect(share * Self.callers.count > table.maximumBytes, "\(label): \(caller) holds no more than its part")
            #expect(Self.callers.allSatisfy { model.bytes(of: $0) <= share }, "\(label): \(caller) isn't the largest")
            let wasThere = model.entries.removeValue(forKey: gone) != nil
            #expect(wasThere, "\(label)")
        }
    }

    @Test func `an entry counts with its body, its name and what it takes besides`() {
        let entry = SlotBench.entry(bytes: 128)
        #expect(EntryTable.size(of: entry, under: .named("12345")) == Self.overhead + 133)
    }

    /// NIO's buffers take powers of two.
    @Test(arguments: [1, 100, 129, 5_000, 33_000]) func `an entry counts for no less than its body's memory`(count: Int)
    {
        let body = ByteBuffer(bytes: Array(repeating: 0, count: count))
        let entry = CacheEntry(
            content: .conversation(body: body, entityTag: ""), fields: .none,
            freshness: Freshness(initialAge: 0, lifetime: 0), received: 0, fetch: FetchID(number: 1)
        )
        #expect(EntryTable.size(of: entry, under: .named()) >= Self.overhead + body.storageCapacity)
    }

    @Test func `an entry larger than the table drops what stood in its place`() {
        var table = EntryTable(maximumBytes: 4 * Self.overhead)
        _ = table.insert(SlotBench.entry(), under: .named())
        _ = table.insert(SlotBench.entry(), under: .named("d"))
        let evicted = table.insert(SlotBench.entry(bytes: 4 * Self.overhead), under: .named())
        #expect(evicted == [.named()])
        #expect(table.count == 1 && table.entry(.named("d")) != nil && table.bytes == Self.overhead + 1)
    }

    @Test(arguments: [1, 3, 7, 100]) func `a sweep comes round to all`(step: Int) {
        var table = EntryTable(maximumBytes: 1 << 20)
        for number in 0..<50 { _ = table.insert(SlotBench.entry(), under: .named("c\(number)")) }
        var seen: Set<CacheKey> = []
        var looks = 0
        while seen.count < 50, looks < 200 {
            let dead = table.sweep(step) { _, _ in true }
            #expect(dead.count == min(step, 50))
            seen.formUnion(dead)
            looks += 1
        }
        #expect(seen.count == 50 && looks <= 50 / step + 1)
    }

    @Test func `a sweep of nothing finds nothing`() {
        var table = EntryTable(maximumBytes: 1 << 20)
        let dead = table.sweep(10) { _, _ in true }
        #expect(dead.isEmpty)
    }

    @Test func `places are used again`() {
        var table = EntryTable(maximumBytes: 10 * Self.overhead)
        for number in 0..<5_000 { _ = table.insert(SlotBench.entry(), under: .named("c\(number)")) }
        var looked = 0
        _ = table.sweep(.max) { _, _ in
            looked += 1
            return false
        }
        #expect(looked == table.count)
        #expect(largestArray(in: table) < 32)
    }
}
