import ConversationCache
import Messaging
import Testing

/// No answer is used outside the partition that fetched it.
@Suite struct KeyTests {
    /// Each differs from the first key in one part.
    static let others: [CacheKey] =
        [
            .named("d"), .named(caller: "b"), .named(app: "other"), .named(token: 2),
            .named(operation: .createUploadToken),
        ]
        + (1..<4).map { word in
            let first = CacheKey.named()
            let digest = TokenDigest { $0 == 0 || $0 == word ? 1 : 0 }
            let partition = CachePartition(
                caller: first.partition.caller, app: first.partition.app, token: digest
            )
            return CacheKey(operation: first.operation, conversation: first.conversation, partition: partition)
        }

    @Test(arguments: others) func `what one key holds no other key gives`(other: CacheKey) throws {
        var rig = CacheRig()
        try rig.bring()
        #expect(rig.ask(other) == .fetch)
        #expect(rig.ask() == .hit("x", ttl: 10))
    }

    @Test(arguments: others) func `what one key fetches no other key waits for`(other: CacheKey) throws {
        var rig = CacheRig()
        let (mine, me) = (try rig.begin(), rig.waiter)
        let (theirs, they) = (try rig.begin(other), rig.waiter)
        #expect(mine != theirs)
        #expect(rig.end(mine, .text("mine")).waiters == [me])
        #expect(rig.end(theirs, .text("theirs")).waiters == [they])
        #expect(rig.ask() == .hit("mine", ttl: 10))
        #expect(rig.ask(other) == .hit("theirs", ttl: 10))
    }

    @Test(arguments: others) func `what one key fails to get no other key hears of`(other: CacheKey) throws {
        var rig = CacheRig()
        let mine = try rig.begin()
        _ = try rig.begin(other)
        #expect(rig.end(mine, .unreachable).notices.count == 1)
        #expect(rig.ask(other) == .wait)
    }

    @Test(arguments: others) func `that one key has nothing to find says nothing about others`(other: CacheKey) throws {
        var rig = CacheRig()
        try rig.bring(.missing)
        #expect(rig.ask() == .negative(ttl: 2))
        #expect(rig.ask(other) == .fetch)
    }

    @Test(arguments: others) func `a stale answer stands in for its own key only`(other: CacheKey) throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        rig.pass(11)
        let fetch = try rig.begin(other)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }
}
