@testable import ConversationCache
import SeededCases
import Testing

/// What was asked for before a change is never given to whoever asks after it.
@Suite struct FenceTests {
    static let readers: [CacheKey] = [.named(), .named(caller: "b"), .named(app: "other"), .named(token: 2)]

    @Test(arguments: Fence.allCases) func `a read under way answers whoever waits, and isn't stored`(
        fence: Fence
    ) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        let leader = rig.waiter
        #expect(rig.ask() == .wait)
        let joiner = rig.waiter
        fence.happen(to: &rig)
        let settlement = rig.end(fetch, .text("old"))
        #expect(settlement.told == [.answer("old"), .answer("old")] && settlement.waiters == [leader, joiner])
        #expect(!settlement.isStored && rig.cache.entryCount == 0)
        #expect(rig.ask() == .fetch)
    }

    @Test(arguments: Fence.allCases) func `no later read joins a read under way`(fence: Fence) throws {
        var rig = CacheRig()
        let older = try rig.begin()
        fence.happen(to: &rig)
        let newer = try rig.begin()
        let reader = rig.waiter
        #expect(older != newer)
        #expect(!rig.end(older, .text("old")).waiters.contains(reader))
        #expect(rig.ask() == .wait)
        #expect(rig.end(newer, .text("new")).told == [.answer("new"), .answer("new")])
        #expect(rig.ask() == .hit("new", ttl: 10))
    }

    @Test(arguments: Fence.allCases) func `a late end replaces nothing newer`(fence: Fence) throws {
        for end in [FetchEnd.text("old"), .missing, .unkept("old"), .text("old", .said("no-store")), .unreachable] {
            var rig = CacheRig()
            let older = try rig.begin()
            fence.happen(to: &rig)
            try rig.bring(.text("new"))
            rig.end(older, end)
            #expect(rig.ask() == .hit("new", ttl: 10), "\(end)")
        }
    }

    @Test(arguments: Fence.allCases) func `what is stored goes, unless nothing has changed`(fence: Fence) throws {
        var rig = CacheRig()
        try rig.bring()
        fence.happen(to: &rig)
        #expect(rig.ask() == (fence.drops ? .fetch : .hit("x", ttl: 10)))
        #expect(rig.cache.entryCount == (fence.drops ? 0 : 1))
    }

    @Test(arguments: Fence.allCases.filter(\.drops)) func `nothing stale stands in for what was dropped`(
        fence: Fence
    ) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(11)
        let fetch = try rig.begin()
        fence.happen(to: &rig)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
        #expect(rig.end(try rig.begin(), .unreachable).told == [.unreachable])
    }

    @Test(arguments: Fence.allCases.filter(\.drops)) func `nobody asks about what was dropped`(fence: Fence) throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said(tag: "\"1\"")))
        fence.happen(to: &rig)
        _ = rig.ask()
        #expect(rig.fetch?.validators.isEmpty == true)
    }

    @Test(arguments: Fence.allCases) func `a refresh under way is not stored`(fence: Fence) throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        let refresh = try #require(rig.fetch).id
        fence.happen(to: &rig)
        #expect(rig.end(refresh, .text("old")).notices.isEmpty)
        #expect(!rig.hits())
    }

    @Test(arguments: Fence.allCases) func `a fenced read that is made once more is not stored either`(
        fence: Fence
    ) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        fence.happen(to: &rig)
        #expect(rig.end(fetch, .unreachable).told == [.unreachable, .fetch])
        let settlement = rig.end(fetch, .text("old"))
        #expect(settlement.told == [.answer("old")] && !settlement.isStored)
    }

    @Test(arguments: [Fence.sendLeaves, .sendEnds, .dropsConversation], readers)
    func `a change shows in every partition`(fence: Fence, reader: CacheKey) throws {
        var rig = CacheRig()
        let fetch = try rig.begin(reader)
        fence.happen(to: &rig)
        #expect(!rig.end(fetch, .text("x")).isStored)
        try rig.bring(.text("y"), reader)
        fence.happen(to: &rig)
        #expect(rig.hits(reader) == !fence.drops)
    }

    @Test(arguments: [Fence.sendLeaves, .sendEnds, .sendEndsUnsent, .dropsConversation])
    func `other conversations stay as they are`(fence: Fence) throws {
        var rig = CacheRig()
        try rig.bring(.text("x"), .named("d"))
        let fetch = try rig.begin(.named("e"))
        fence.happen(to: &rig)
        #expect(rig.ask(.named("d")) == .hit("x", ttl: 10))
        #expect(rig.ask(.named("e")) == .wait)
        #expect(rig.end(fetch, .text("y")).isStored)
    }

    // MARK: Sends

    @Test(arguments: [true, false]) func `what is read during a send is given until the send ends`(
        isProvenNotSent: Bool
    ) throws {
        var rig = CacheRig()
        rig.cache.beginSend(to: .named())
        #expect(try rig.bring().isStored)
        #expect(rig.ask() == .hit("x", ttl: 10))
        rig.cache.endSend(to: .named(), isProvenNotSent: isProvenNotSent)
        #expect(rig.hits() == isProvenNotSent)
    }

    @Test func `a read that began during a send and ends after it is not stored`() throws {
        var rig = CacheRig()
        rig.cache.beginSend(to: .named())
        let fetch = try rig.begin()
        rig.cache.endSend(to: .named(), isProvenNotSent: false)
        #expect(!rig.end(fetch, .text("x")).isStored)
    }

    @Test func `a read between the ends of two sends is dropped with the second`() throws {
        var rig = CacheRig()
        rig.cache.beginSend(to: .named())
        rig.cache.beginSend(to: .named())
        rig.cache.endSend(to: .named(), isProvenNotSent: false)
        try rig.bring()
        rig.cache.endSend(to: .named(), isProvenNotSent: false)
        #expect(rig.ask() == .fetch)
    }

    @Test(arguments: [true, false]) func `the end of a send that nobody began does no harm`(isProven: Bool) throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        rig.cache.endSend(to: .named(), isProvenNotSent: isProven)
        try rig.bring()
        rig.pass(11)
        #expect(rig.ask() == .stale("x", ttl: -1, age: 11, refreshes: true))
    }

    @Test func `a send under way is remembered through everything`() throws {
        for fence in [Fence.dropsConversation, .dropsToken, .dropsAll, .sendEnds, .sendEndsUnsent] {
            var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
            rig.cache.beginSend(to: .named())
            fence.happen(to: &rig)
            try rig.bring()
            rig.pass(11)
            #expect(rig.ask() == .fetch, "\(fence)")
        }
    }

    @Test func `a send under way is remembered while settings change`() throws {
        var rig = CacheRig()
        rig.cache.beginSend(to: .named())
        var settings = CacheSettings()
        settings.staleWhileRevalidate = 60_000_000
        rig.cache.reconfigure(settings)
        try rig.bring()
        rig.pass(11)
        #expect(rig.ask() == .fetch)
    }

    @Test func `a conversation of which there is nothing takes no memory`() throws {
        var rig = CacheRig()
        for fence in Fence.allCases where fence != .sendLeaves {
            let fetch = try rig.begin()
            fence.happen(to: &rig)
            rig.end(fetch, .text("x"))
        }
        #expect(rig.cache.conversations.isEmpty && rig.cache.fills.isEmpty && rig.cache.joinable.isEmpty)
    }
}
