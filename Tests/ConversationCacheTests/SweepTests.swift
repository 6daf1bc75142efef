@testable import ConversationCache
import Testing

@Suite struct SweepTests {
    /// Fields, and for how many seconds an answer is of any use.
    @Test(
        arguments: [
            (.text("x"), 70), (.text("x", .said("max-age=5")), 65), (.text("x", .said("must-revalidate")), 10),
            (.text("x", .said("max-age=5, stale-if-error=1")), 5 + 30), (.missing, 2),
            (.text("x", .said("max-age=5, stale-if-error=1, stale-while-revalidate=2")), 7),
            // It can be asked about for as long as the token lives.
            (.text("x", .said(tag: "\"1\"")), 500), (.text("x", .said("no-cache", changed: "then")), 500),
            (.text("x", .said("max-age=5000")), 500),
        ] as [(FetchEnd, Int)])
    func `what is of no use any more goes`(end: FetchEnd, seconds: Int) throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 30_000_000 }
        try rig.bring(end, tokenEnd: rig.now + 500_000_000)
        rig.now += Int64(seconds) * CacheRig.second - 1
        rig.cache.sweep(now: rig.now)
        #expect(rig.cache.entryCount == 1)
        rig.now += 1
        rig.cache.sweep(now: rig.now)
        #expect(rig.cache.entryCount == 0 && rig.cache.bytes == 0 && rig.cache.conversations.isEmpty)
    }

    @Test func `a sweep leaves what is of use`() throws {
        var rig = CacheRig()
        for number in 0..<100 {
            try rig.bring(.text("\(number)"), .named("c\(number)"))
            rig.pass(1)
        }
        rig.cache.sweep(now: rig.now)
        // Those of the last 70 seconds.
        #expect(rig.cache.entryCount == 69)
        for number in 91..<100 { #expect(rig.hits(.named("c\(number)"))) }
    }

    @Test func `more entries than one sweep looks at take some sweeps`() throws {
        var rig = CacheRig()
        let count = CacheSettings.sweepStep * 2
        for number in 0..<count { try rig.bring(.text("x"), .named("c\(number)")) }
        rig.pass(70)
        rig.cache.sweep(now: rig.now)
        #expect(rig.cache.entryCount == count - CacheSettings.sweepStep)
        rig.cache.sweep(now: rig.now)
        #expect(rig.cache.entryCount == 0)
    }
}
