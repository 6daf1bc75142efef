import ConversationCache
import Testing

/// A call that fails doesn't fail all who wait for it, nor let them wait for more than two.
@Suite struct HerdTests {
    @Test(arguments: [.unreachable, .failing, .notModified(fields: .none)] as [FetchEnd])
    func `the first failure is its leader's, the second everybody's`(end: FetchEnd) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        let others = (0..<3).map { _ in
            _ = rig.ask()
            return rig.waiter
        }
        let first = rig.end(fetch, end)
        #expect(first.waiters == [leader, others[0]])
        #expect(first.told.last == .fetch)
        #expect(rig.ask() == .wait)
        let second = rig.end(fetch, end)
        #expect(second.waiters == others + [rig.waiter])
        #expect(Set(second.told).count == 1 && !second.told.contains(.fetch))
        #expect(rig.ask() == .fetch)
    }

    @Test func `a leader by itself just fails`() throws {
        var rig = CacheRig()
        #expect(try rig.bring(.unreachable).told == [.unreachable])
        #expect(rig.ask() == .fetch)
    }

    @Test func `the second call answers all who wait, and is stored`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        _ = (rig.ask(), rig.ask())
        rig.end(fetch, .unreachable)
        let settlement = rig.end(fetch, .text("x"))
        #expect(settlement.told == [.answer("x"), .answer("x")] && settlement.isStored)
        #expect(rig.ask() == .hit("x", ttl: 10))
    }

    /// RFC 9211 section 2.6: whose request went to Divar itself was not collapsed.
    @Test func `whoever makes the second call isn't said to have shared one`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        _ = (rig.ask(), rig.ask())
        rig.end(fetch, .unreachable)
        rig.pass(3)
        let settlement = rig.end(fetch, .text("x"), took: 3)
        let status = "divar-gateway; fwd=uri-miss; fwd-status=200; ttl=7; stored"
        #expect(settlement.statuses == [status, status + "; collapsed"])
        #expect(settlement.ages == [nil, 3])
    }

    @Test(arguments: [.bad, .forbidden, .missing] as [FetchEnd])
    func `what Divar says to the second call is everybody's`(end: FetchEnd) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        _ = (rig.ask(), rig.ask())
        rig.end(fetch, .unreachable)
        let told = rig.end(fetch, end).told
        #expect(told.count == 2 && Set(told).count == 1)
    }

    @Test func `the second call asks about the same version`() throws {
        var rig = CacheRig { $0.staleIfError = 0 }
        try rig.bring(.text("x", .said(tag: "\"1\"")))
        rig.pass(11)
        let fetch = try rig.begin()
        _ = rig.ask()
        guard case .fetch(let second)? = rig.end(fetch, .unreachable).notices.last?.notice else {
            Issue.record("no second call")
            return
        }
        #expect(second.id == fetch && second.key == .named() && second.validators.entityTag == "\"1\"")
        #expect(rig.end(fetch, .notModified(fields: .none)).told == [.answer("x")])
    }

    @Test func `a read that wants what is younger than the second call makes its own`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        _ = rig.ask()
        rig.pass(5)
        rig.end(fetch, .unreachable)
        rig.pass(1)
        #expect(rig.ask(.named(), "max-age=1") == .wait)
        #expect(rig.ask(.named(), "max-age=0") == .fetch)
    }

    @Test func `a refresh that fails makes whoever waits for it try first`() throws {
        var rig = CacheRig {
            $0.staleWhileRevalidate = 60_000_000
            $0.staleIfError = 0
        }
        try rig.bring()
        rig.pass(60)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        rig.pass(20)
        #expect(rig.ask() == .wait)
        let first = rig.waiter
        #expect(rig.ask() == .wait)
        let settlement = rig.end(refresh, .unreachable)
        #expect(settlement.told == [.fetch] && settlement.waiters == [first])
        let second = rig.end(refresh, .unreachable)
        #expect(second.told == [.unreachable, .unreachable])
    }

    // MARK: Who doesn't wait any more

    @Test func `a leader that has waited long enough fails as itself`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        #expect(rig.ask() == .wait)
        let isAbandoned = rig.cache.abandon(leader, of: fetch)
        #expect(!isAbandoned)
        let settlement = rig.end(fetch, .unreachable)
        #expect(settlement.told == [.unreachable, .fetch] && settlement.waiters == [leader, rig.waiter])
    }

    @Test func `where the next in line has gone the one after it tries`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        #expect(rig.ask() == .wait)
        let isAbandoned = rig.cache.abandon(rig.waiter, of: fetch)
        #expect(isAbandoned && rig.ask() == .wait)
        let settlement = rig.end(fetch, .unreachable)
        #expect(settlement.told == [.unreachable, .fetch])
        #expect(settlement.waiters == [leader, rig.waiter])
    }

    @Test func `where all have gone a failure is the end`() throws {
        var rig = CacheRig {
            $0.staleWhileRevalidate = 60_000_000
            $0.staleIfError = 0
        }
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        #expect(rig.ask(.named(), "min-fresh=1") == .wait)
        let isAbandoned = rig.cache.abandon(rig.waiter, of: refresh)
        #expect(isAbandoned)
        #expect(rig.end(refresh, .unreachable).notices.isEmpty)
        rig.pass(60)
        #expect(rig.ask() == .fetch)
    }

    /// Otherwise nobody makes the call that it was told to make, and all later reads wait for it.
    @Test func `nobody stops waiting to whom the second call is on its way`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        let next = rig.waiter
        #expect(rig.end(fetch, .unreachable).told.last == .fetch)
        let isAbandoned = rig.cache.abandon(next, of: fetch)
        #expect(!isAbandoned)
    }
}
