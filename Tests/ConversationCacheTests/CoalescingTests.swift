import ConversationCache
import Testing

/// Reads at the same time share a call.
@Suite struct CoalescingTests {
    @Test(arguments: [1, 2, 3, 100]) func `however many read one conversation, Divar is asked once`(count: Int) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        var waiters = [rig.waiter]
        for _ in 1..<count {
            #expect(rig.ask() == .wait)
            waiters.append(rig.waiter)
        }
        rig.pass(3)
        let settlement = rig.end(fetch, .text("x"), took: 3)
        #expect(settlement.waiters == waiters)
        #expect(settlement.told == Array(repeating: .answer("x"), count: count))
        #expect(settlement.ages == [nil] + Array(repeating: 3, count: count - 1))
        let status = "divar-gateway; fwd=uri-miss; fwd-status=200; ttl=7; stored"
        #expect(settlement.statuses == [status] + Array(repeating: status + "; collapsed", count: count - 1))
        #expect(rig.end(fetch, .text("x")).notices.isEmpty)
    }

    @Test(
        arguments: [
            .text("x"), .text("x", .said("no-store")), .unkept("x"), .missing, .forbidden, .bad,
        ] as [FetchEnd])
    func `one end is everybody's`(end: FetchEnd) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait && rig.ask() == .wait)
        let told = rig.end(fetch, end).told
        #expect(told.count == 3 && Set(told).count == 1)
        let next = rig.ask()
        #expect(next != .wait)
    }

    @Test(arguments: ["", "min-fresh=60", "max-age=5", "max-age=9, min-fresh=99999", "foo"])
    func `a read waits for a call that began late enough for it`(directives: String) throws {
        var rig = CacheRig()
        _ = try rig.begin()
        rig.pass(5)
        #expect(rig.ask(.named(), directives) == .wait)
    }

    /// What they want may be younger than what a call brings that is under way.
    @Test(arguments: ["no-cache", "max-age=0", "max-age=4", "max-age=x"])
    func `a read for which a call began too early makes its own, and later ones wait for that`(
        directives: String
    ) throws {
        var rig = CacheRig()
        let first = try rig.begin()
        rig.pass(5)
        let second = try rig.begin(.named(), directives)
        let own = rig.waiter
        #expect(rig.ask() == .wait)
        let last = rig.waiter
        #expect(rig.end(first, .text("x")).notices.count == 1)
        #expect(rig.ask(.named(), "max-age=0") == .hit("x", ttl: 10))
        #expect(rig.end(second, .text("y")).waiters == [own, last])
        #expect(rig.ask() == .hit("y", ttl: 10))
    }

    @Test func `after its end nobody waits for a call`() throws {
        for end in [FetchEnd.text("x", .said("no-store")), .unreachable, .bad, .forbidden, .unkept("x")] {
            var rig = CacheRig()
            try rig.bring(end)
            #expect(rig.ask() == .fetch, "\(end)")
        }
    }

    // MARK: Who doesn't wait any more

    @Test func `whoever stops waiting hears nothing, and the others are answered`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        #expect(rig.ask() == .wait)
        let quitter = rig.waiter
        #expect(rig.ask() == .wait)
        let last = rig.waiter
        let (isAbandoned, isAbandonedTwice) = (
            rig.cache.abandon(quitter, of: fetch), rig.cache.abandon(quitter, of: fetch)
        )
        #expect(isAbandoned && !isAbandonedTwice)
        #expect(rig.end(fetch, .text("x")).waiters == [leader, last])
    }

    @Test func `where nobody waits any more the answer is stored all the same`() throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        for _ in 0..<2 {
            #expect(rig.ask(.named(), "min-fresh=1") == .wait)
            let isAbandoned = rig.cache.abandon(rig.waiter, of: refresh)
            #expect(isAbandoned)
        }
        #expect(rig.end(refresh, .text("y")).notices.isEmpty)
        #expect(rig.ask() == .hit("y", ttl: 10))
    }

    @Test func `whoever makes the call doesn't leave it`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        let isAbandoned = rig.cache.abandon(leader, of: fetch)
        #expect(!isAbandoned)
        #expect(rig.end(fetch, .text("x")).waiters == [leader])
    }

    @Test(arguments: [.text("x"), .bad, .unreachable] as [FetchEnd])
    func `nobody stops waiting whose answer is on its way`(end: FetchEnd) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        rig.end(fetch, end)
        let isAbandoned = rig.cache.abandon(rig.waiter, of: fetch)
        #expect(!isAbandoned)
    }

    @Test func `nobody stops waiting for what it never waited for`() throws {
        var rig = CacheRig()
        let mine = try rig.begin()
        let me = rig.waiter
        let theirs = try rig.begin(.named("d"))
        let isAbandoned = rig.cache.abandon(me, of: theirs)
        #expect(!isAbandoned)
        #expect(rig.end(theirs, .text("y")).notices.count == 1 && rig.end(mine, .text("x")).waiters == [me])
    }
}
