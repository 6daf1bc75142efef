@testable import ConversationCache
import SeededCases
import Testing

/// What is stored stays within its bytes, shared fairly between callers.
@Suite struct MemoryTests {
    private static let overhead = CacheSettings.entryOverhead
    /// Of an entry of a kilobyte, about.
    private static let size = overhead + 1_024 + 16

    private func room(for entries: Int) -> CacheRig {
        CacheRig { $0.maximumBytes = entries * Self.size }
    }

    private func bring(_ number: Int, of caller: String, _ rig: inout CacheRig, token: UInt64 = 1) throws {
        try rig.bring(.bytes(1_024), .named("c\(number)", caller: caller, token: token))
    }

    @Test(arguments: 0..<10) func `the bytes are never exceeded`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let limit = 20_000 + random.below(50_000)
        var rig = CacheRig { $0.maximumBytes = limit }
        for _ in 0..<500 {
            let key = CacheKey.named("c\(random.below(50))", caller: random.element(of: ["a", "b", "c"]))
            let end = random.chance(1, in: 9) ? .missing : FetchEnd.bytes(random.below(10_000))
            if rig.ask(key, random.chance(1, in: 3) ? "no-cache" : "") == .fetch, let fetch = rig.fetch {
                rig.end(fetch.id, end)
            }
            #expect(rig.cache.bytes <= limit, "\(replay(number))")
            #expect(rig.cache.bytes >= rig.cache.entryCount * Self.overhead, "\(replay(number))")
        }
    }

    @Test func `an answer that is larger than all of it is given and not stored`() throws {
        var rig = room(for: 3)
        try rig.bring()
        let settlement = try rig.bring(.bytes(10_000), .named("d"))
        #expect(settlement.notices.count == 1 && !settlement.isStored)
        #expect(rig.ask() == .hit("x", ttl: 10))
        try rig.bring(.bytes(10_000), .named(), "no-cache")
        #expect(rig.ask() == .fetch)
        #expect(rig.cache.bytes == 0 && rig.cache.conversations.count == 1)
    }

    // MARK: Callers

    /// Requirement: whoever floods takes nothing from whoever holds less than an equal part.
    @Test(arguments: [1, 2, 4]) func `a flood of one caller's takes nothing of the others'`(others: Int) throws {
        var rig = room(for: 100)
        let part = 100 / (others + 1)
        for other in 0..<others {
            for number in 0..<part - 1 { try bring(number, of: "other\(other)", &rig) }
        }
        for number in 0..<1_000 { try bring(number, of: "flood", &rig) }
        for other in 0..<others {
            for number in 0..<part - 1 { #expect(rig.hits(.named("c\(number)", caller: "other\(other)"))) }
        }
        #expect(rig.cache.entryCount >= 99)
    }

    @Test func `a flood that comes first gives way to others up to their part`() throws {
        var rig = room(for: 100)
        for number in 0..<1_000 { try bring(number, of: "flood", &rig) }
        for number in 0..<50 { try bring(number, of: "other", &rig) }
        for number in 0..<50 { #expect(rig.hits(.named("c\(number)", caller: "other"))) }
        #expect(rig.cache.entryCount >= 99)
    }

    @Test func `what others don't use is there for whoever does`() throws {
        var rig = room(for: 100)
        try bring(0, of: "other", &rig)
        for number in 0..<99 { try bring(number, of: "flood", &rig) }
        for number in 0..<99 { #expect(rig.hits(.named("c\(number)", caller: "flood"))) }
    }

    @Test func `a large answer of one caller's takes nothing of a small one's`() throws {
        var rig = room(for: 10)
        for number in 0..<4 { try bring(number, of: "other", &rig) }
        try rig.bring(.bytes(15_000), .named("large", caller: "flood"))
        for number in 0..<4 { #expect(rig.hits(.named("c\(number)", caller: "other"))) }
    }

    /// Remembering its tokens is also something that a caller can flood.
    @Test(.timeLimit(.minutes(1))) func `a flood of tokens takes nothing of the others'`() throws {
        var rig = CacheRig { $0.ttl = 1_000 * CacheRig.second }
        try bring(0, of: "other", &rig)
        for number in 0...CacheSettings.maximumPartitions {
            try rig.bring(.missing, .named(caller: "flood", token: UInt64(number)))
        }
        #expect(rig.hits(.named("c0", caller: "other")))
    }

    // MARK: Scans

    @Test func `a scan doesn't push out what is used`() throws {
        var rig = room(for: 100)
        for number in 0..<50 { try bring(number, of: "a", &rig) }
        for number in 0..<50 { #expect(rig.ask(.named("c\(number)")) != .fetch) }
        for number in 1_000..<3_000 { try bring(number, of: "a", &rig) }
        for number in 0..<50 { #expect(rig.hits(.named("c\(number)"))) }
    }

    @Test func `what is used keeps its place through scan after scan`() throws {
        var rig = room(for: 100)
        for number in 0..<50 { try bring(number, of: "a", &rig) }
        var misses = 0
        for scan in 1..<20 {
            for number in 0..<50 where rig.ask(.named("c\(number)")) == .fetch {
                misses += 1
                rig.end(try #require(rig.fetch).id, .bytes(1_024))
            }
            for number in 0..<200 { try bring(scan * 1_000 + number, of: "a", &rig) }
        }
        #expect(misses == 0)
    }

    @Test func `what comes back soon after it went stays`() throws {
        var rig = room(for: 20)
        for number in 0..<40 { try bring(number, of: "a", &rig) }
        let gone = try #require((0..<40).last { !rig.hits(.named("c\($0)")) })
        try bring(gone, of: "a", &rig)
        for number in 100..<120 { try bring(number, of: "a", &rig) }
        #expect(rig.hits(.named("c\(gone)")))
    }

    // MARK: Giving up

    @Test func `new settings give all memory up`() throws {
        var rig = room(for: 100)
        for number in 0..<50 { try bring(number, of: "a", &rig, token: UInt64(number)) }
        var settings = CacheSettings()
        settings.maximumBytes = 5 * Self.size
        settings.ttl = 3_000_000
        rig.cache.reconfigure(settings)
        #expect(rig.cache.entryCount == 0 && rig.cache.bytes == 0)
        #expect(rig.cache.partitions.count == 0 && rig.cache.conversations.isEmpty)
        #expect(largestArray(in: rig.cache.table) == 0)
        for number in 0..<50 { try bring(number, of: "a", &rig) }
        #expect(rig.cache.entryCount == 5)
        try rig.bring()
        #expect(rig.ask() == .hit("x", ttl: 3))
    }

    @Test func `settings can switch it off and on`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        var settings = CacheSettings()
        settings.maximumBytes = 0
        rig.cache.reconfigure(settings)
        #expect(rig.ask() == .bypass(.bypass))
        #expect(rig.end(fetch, .text("x")).told == [.answer("x")])
        #expect(rig.cache.entryCount == 0)
        rig.cache.reconfigure(CacheSettings())
        #expect(try rig.bring().isStored)
    }
}
