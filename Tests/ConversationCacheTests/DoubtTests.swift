@testable import ConversationCache
import Messaging
import Testing

/// A send of which nobody knows may still arrive.
@Suite struct DoubtTests {
    /// A conversation that isn't known may be any.
    static let doubted: [ConversationID?] = [.named(), nil]

    private func doubting(_ conversation: ConversationID?) -> CacheRig {
        var rig = CacheRig()
        rig.cache.doubt(conversation, now: rig.now)
        return rig
    }

    @Test(arguments: doubted) func `nothing that is read in doubt is kept`(conversation: ConversationID?) throws {
        var rig = doubting(conversation)
        for seconds in [0, 10, 19.999_999] {
            rig.pass(seconds)
            let settlement = try rig.bring()
            #expect(settlement.told == [.answer("x")] && !settlement.isStored)
            #expect(try !rig.bring(.missing).isStored)
            #expect(rig.cache.entryCount == 0)
        }
        rig.pass(0.000_001)
        #expect(try rig.bring().isStored)
    }

    @Test(arguments: doubted) func `what was asked in doubt isn't kept when it comes after`(
        conversation: ConversationID?
    ) throws {
        var rig = doubting(conversation)
        rig.pass(29)
        let fetch = try rig.begin()
        rig.pass(2)
        #expect(!rig.end(fetch, .text("x")).isStored)
    }

    @Test func `one conversation's doubt is nobody else's`() throws {
        var rig = doubting(.named())
        #expect(try rig.bring(.text("x"), .named("d")).isStored)
        #expect(try !rig.bring(.text("x"), .named(caller: "b", token: 2)).isStored)
    }

    @Test(arguments: doubted) func `a later doubt is the one that counts`(conversation: ConversationID?) throws {
        var rig = doubting(conversation)
        rig.pass(20)
        rig.cache.doubt(conversation, now: rig.now)
        rig.pass(29.999_999)
        rig.cache.sweep(now: rig.now)
        #expect(try !rig.bring().isStored)
        rig.pass(0.000_001)
        #expect(try rig.bring().isStored)
    }

    /// Event loops don't tell of their sends in order.
    @Test(arguments: doubted) func `an earlier doubt shortens none`(conversation: ConversationID?) throws {
        var rig = doubting(conversation)
        rig.cache.doubt(conversation, now: rig.now - 10_000_000)
        rig.pass(29.999_999)
        rig.cache.sweep(now: rig.now)
        #expect(try !rig.bring().isStored)
    }

    @Test(arguments: doubted) func `reads in doubt share calls`(conversation: ConversationID?) throws {
        var rig = doubting(conversation)
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        #expect(rig.end(fetch, .text("x")).told == [.answer("x"), .answer("x")])
    }

    @Test(arguments: doubted) func `new settings end no doubt`(conversation: ConversationID?) throws {
        var rig = doubting(conversation)
        rig.cache.reconfigure(CacheSettings())
        #expect(try !rig.bring().isStored)
    }

    @Test func `a doubt that is over takes no memory`() throws {
        var rig = CacheRig()
        for number in 0..<100 {
            rig.cache.doubt(.named("c\(number % 30)"), now: rig.now)
            rig.pass(1)
        }
        rig.pass(29)
        rig.cache.sweep(now: rig.now)
        #expect(rig.cache.conversations.isEmpty)
        #expect(largestArray(in: rig.cache) == 0)
    }
}
