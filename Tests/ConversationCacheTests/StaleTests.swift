import ConversationCache
import Testing

/// RFC 5861 and RFC 9111 section 4.2.4: answers that aren't fresh any more.
@Suite struct StaleTests {
    private func refreshing(_ seconds: Int64 = 30) -> CacheRig {
        CacheRig { $0.staleWhileRevalidate = seconds * CacheRig.second }
    }

    // MARK: While it is refreshed

    @Test func `by default nothing stale is given while Divar can be asked`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(10)
        #expect(rig.ask() == .fetch)
    }

    @Test(
        arguments: [
            ("", 30), ("stale-while-revalidate=7", 7), ("stale-while-revalidate=0", 0),
            ("stale-while-revalidate=x", 30),
            ("stale-if-error=99", 30), ("private", 30),
        ] as [(String, Int64)])
    func `a stale answer is given for as long as Divar allows, else the operator`(
        directives: String,
        seconds: Int64
    ) throws {
        var rig = refreshing()
        try rig.bring(.text("x", .said("max-age=10, \(directives)")))
        rig.now += (10 + seconds) * CacheRig.second - 1
        var look = rig
        if seconds > 0 {
            let asked = look.ask()
            #expect(asked == .stale("x", ttl: -Int(seconds), age: 9 + Int(seconds), refreshes: true))
        }
        rig.now += 1
        #expect(rig.ask() == .fetch)
    }

    @Test func `one refresh is made at a time, and nobody waits for it`() throws {
        var rig = refreshing()
        try rig.bring(.text("x", .said(tag: "\"1\"")))
        rig.pass(10)
        #expect(rig.ask() == .stale("x", ttl: 0, age: 10, refreshes: true))
        let refresh = try #require(rig.fetch)
        #expect(refresh.key == .named() && refresh.validators == Validators(entityTag: "\"1\""))
        rig.pass(1)
        #expect(rig.ask() == .stale("x", ttl: -1, age: 11, refreshes: false))
        #expect(rig.end(refresh.id, .text("y")).notices.isEmpty)
        #expect(rig.ask() == .hit("y", ttl: 10))
    }

    @Test func `a refresh that fails leaves the stale answer, and the next read refreshes again`() throws {
        var rig = refreshing()
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        #expect(rig.end(refresh, .unreachable).notices.isEmpty)
        #expect(rig.ask() == .stale("x", ttl: -1, age: 11, refreshes: true))
    }

    @Test func `whoever takes nothing stale waits for the refresh`() throws {
        var rig = refreshing()
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        #expect(rig.ask(.named(), "min-fresh=1") == .wait)
        let settlement = rig.end(refresh, .text("y"))
        #expect(settlement.told == [.answer("y")] && settlement.waiters == [rig.waiter])
        #expect(settlement.statuses == ["divar-gateway; fwd=stale; fwd-status=200; ttl=10; stored; collapsed"])
    }

    @Test(arguments: ["no-cache", "max-age=60", "max-age=0", "min-fresh=0", "min-fresh=5"])
    func `a request that asks for any freshness gets nothing stale`(directives: String) throws {
        var rig = refreshing()
        try rig.bring()
        rig.pass(11)
        let fetch = try rig.begin(.named(), directives)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    // MARK: For an error

    @Test(
        arguments: [
            ("", 60), ("stale-if-error=7", 7), ("stale-if-error=0", 0), ("stale-if-error=x", 60),
            ("public", 60),
        ] as [(String, Int64)])
    func `a stale answer stands in for a failure as long as Divar allows, else the operator`(
        directives: String,
        seconds: Int64
    ) throws {
        var rig = CacheRig()
        // With a validator it stays for as long as its token lives.
        try rig.bring(.text("x", .said("max-age=10, stale-while-revalidate=0, \(directives)", tag: "\"1\"")))
        rig.now += (10 + seconds) * CacheRig.second - 1
        var look = rig
        if seconds > 0 {
            let settlement = look.end(try look.begin(), .failing)
            #expect(settlement.told == [.answer("x")] && settlement.ages == [9 + Int(seconds)])
            let status = "divar-gateway; fwd=stale; fwd-status=503; ttl=\(-seconds); detail=stale-if-error"
            #expect(settlement.statuses == [status])
        }
        rig.now += 1
        #expect(rig.end(try rig.begin(), .failing).told == [.failing])
    }

    @Test func `the window counts to the end of the fetch`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(69)
        let fetch = try rig.begin()
        rig.pass(1)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    @Test(arguments: [.bad, .forbidden, .missing, .unkept("y")] as [FetchEnd])
    func `no stale answer stands in for one of Divar's own`(end: FetchEnd) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(11)
        let told = rig.end(try rig.begin(), end).told
        #expect(told.count == 1 && told != [.answer("x")])
    }

    @Test func `all who wait get the stale answer`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(12)
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait && rig.ask() == .wait)
        let settlement = rig.end(fetch, .unreachable)
        #expect(settlement.told == [.answer("x"), .answer("x"), .answer("x")])
        #expect(settlement.ages == [12, 12, 12])
        #expect(settlement.statuses.last == "divar-gateway; fwd=stale; ttl=-2; collapsed; detail=stale-if-error")
        #expect(rig.ask() == .fetch)
    }

    @Test func `whoever takes nothing stale isn't failed by another's call`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(12)
        let fetch = try rig.begin()
        #expect(rig.ask(.named(), "min-fresh=1") == .wait)
        let settlement = rig.end(fetch, .unreachable)
        #expect(settlement.told == [.answer("x"), .fetch])
        #expect(rig.end(fetch, .text("y")).told == [.answer("y")])
    }

    // MARK: Around sends

    @Test func `nothing stale is given during a send`() throws {
        var rig = refreshing()
        try rig.bring()
        rig.pass(11)
        rig.cache.beginSend(to: .named())
        let fetch = try rig.begin()
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
        #expect(rig.ask(.named(), "only-if-cached") == .notCached)
    }

    @Test func `nothing stale stands in for a failure during a send that began after the fetch`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(11)
        let fetch = try rig.begin()
        rig.cache.beginSend(to: .named())
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    @Test func `while one of two sends is under way nothing stale is given`() throws {
        var rig = refreshing()
        try rig.bring()
        rig.pass(11)
        rig.cache.beginSend(to: .named())
        rig.cache.beginSend(to: .named())
        rig.cache.endSend(to: .named(), isProvenNotSent: true)
        #expect(rig.end(try rig.begin(), .unreachable).told == [.unreachable])
        rig.cache.endSend(to: .named(), isProvenNotSent: true)
        #expect(rig.ask() == .stale("x", ttl: -1, age: 11, refreshes: true))
    }

    @Test func `a send to one conversation leaves the stale answers of others`() throws {
        var rig = refreshing()
        try rig.bring(.text("x"), .named("d"))
        rig.pass(11)
        rig.cache.beginSend(to: .named())
        #expect(rig.ask(.named("d")) == .stale("x", ttl: -1, age: 11, refreshes: true))
    }
}
