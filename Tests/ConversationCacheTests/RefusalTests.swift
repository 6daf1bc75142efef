import ConversationCache
import Testing

/// What follows where Divar refuses a token (401, 403).
@Suite struct RefusalTests {
    /// Told by a read's end, or by a send's.
    enum Way: CaseIterable { case read, send }

    private func refuse(_ way: Way, _ rig: inout CacheRig) throws {
        switch way {
        case .read: try rig.bring(.forbidden, .named("refused"))
        case .send: rig.cache.drop(.numbered(1))
        }
    }

    static let mine: [CacheKey] = [
        .named(), .named("d"), .named(caller: "b"), .named(app: "other"), .named("d", caller: "b", app: "other"),
    ]

    @Test(arguments: Way.allCases) func `all that the token brought is gone, whoever presented it`(way: Way) throws {
        var rig = CacheRig()
        for key in Self.mine { try rig.bring(.text("x"), key) }
        try rig.bring(.text("y"), .named(token: 2))
        try refuse(way, &rig)
        #expect(rig.cache.entryCount == 1)
        for key in Self.mine { #expect(rig.ask(key) == .fetch) }
        #expect(rig.ask(.named(token: 2)) == .hit("y", ttl: 10))
    }

    @Test(arguments: Way.allCases, mine) func `what is under way for it is not stored, and nobody joins`(
        way: Way,
        key: CacheKey
    ) throws {
        var rig = CacheRig()
        let fetch = try rig.begin(key)
        let reader = rig.waiter
        try refuse(way, &rig)
        #expect(rig.ask(key) == .fetch)
        let settlement = rig.end(fetch, .text("x"))
        #expect(settlement.told == [.answer("x")] && settlement.waiters == [reader])
        #expect(!settlement.isStored && rig.cache.entryCount == 0)
    }

    @Test(arguments: Way.allCases) func `what is under way for another token is stored`(way: Way) throws {
        var rig = CacheRig()
        let fetch = try rig.begin(.named(token: 2))
        try refuse(way, &rig)
        #expect(rig.ask(.named(token: 2)) == .wait)
        #expect(rig.end(fetch, .text("x")).isStored)
    }

    @Test(arguments: Way.allCases) func `no stale answer of the token's stands in`(way: Way) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(11)
        let fetch = try rig.begin()
        try refuse(way, &rig)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    @Test func `all who wait are refused at once`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        let settlement = rig.end(fetch, .forbidden)
        #expect(settlement.told == [.forbidden, .forbidden])
        #expect(
            settlement.statuses
                == [
                    "divar-gateway; fwd=uri-miss; fwd-status=403",
                    "divar-gateway; fwd=uri-miss; fwd-status=403; collapsed",
                ]
        )
    }

    @Test func `a refresh that is refused drops everything too`() throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        try rig.bring(.text("y"), .named("d"))
        rig.pass(11)
        _ = rig.ask()
        rig.end(try #require(rig.fetch).id, .forbidden)
        #expect(rig.cache.entryCount == 0)
    }

    @Test func `a token that Divar takes again brings answers that are stored`() throws {
        var rig = CacheRig()
        try rig.bring(.forbidden)
        #expect(try rig.bring().isStored)
        #expect(rig.ask() == .hit("x", ttl: 10))
    }
}
