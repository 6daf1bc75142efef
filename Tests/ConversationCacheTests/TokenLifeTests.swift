import ConversationCache
import Testing

/// Nothing is given past the life of the token that brought it, as far as it is known.
@Suite struct TokenLifeTests {
    /// Answers that would be fresh for days.
    private func lasting() -> CacheRig {
        CacheRig {
            $0.ttl = 100_000 * CacheRig.second
            $0.staleWhileRevalidate = 100_000 * CacheRig.second
            $0.staleIfError = 100_000 * CacheRig.second
        }
    }

    @Test func `who says nothing has a token for an hour`() throws {
        var rig = lasting()
        try rig.bring()
        rig.pass(3_599.999_999)
        #expect(rig.hits())
        rig.pass(0.000_001)
        let fetch = try rig.begin()
        let settlement = rig.end(fetch, .text("y"))
        #expect(settlement.told == [.answer("y")] && !settlement.isStored)
        #expect(rig.ask() == .fetch)
    }

    @Test func `the hour begins with the request`() throws {
        var rig = lasting()
        let fetch = try rig.begin()
        rig.pass(100)
        rig.end(fetch, .text("x"))
        rig.pass(3_499.999_999)
        #expect(rig.hits())
        rig.pass(0.000_001)
        #expect(!rig.hits())
    }

    @Test func `the hour doesn't begin anew with each answer`() throws {
        var rig = lasting()
        for minute in 0..<60 {
            try rig.bring(.text("\(minute)"), .named("c\(minute)"))
            rig.pass(60)
        }
        for minute in 0..<60 { #expect(!rig.hits(.named("c\(minute)"))) }
    }

    /// The token is what lives, whoever shows it.
    @Test(arguments: [.named(caller: "b"), .named("d", app: "other")] as [CacheKey])
    func `the hour counts from when the token was first seen, by whomever`(other: CacheKey) throws {
        var rig = lasting()
        try rig.bring()
        rig.pass(1_800)
        try rig.bring(.text("y"), other)
        rig.pass(1_800)
        #expect(!rig.hits(other))
    }

    @Test func `a refusal doesn't make a token younger`() throws {
        var rig = lasting()
        try rig.bring()
        rig.pass(1_800)
        try rig.bring(.forbidden, .named("d"))
        try rig.bring()
        rig.pass(1_800)
        #expect(!rig.hits())
    }

    @Test(arguments: [1, 5, 3_599, 3_600, 3_601, 50_000] as [Int64]) func `who says when it ends is believed`(
        seconds: Int64
    ) throws {
        var rig = lasting()
        try rig.bring(tokenEnd: rig.now + seconds * CacheRig.second)
        rig.now += seconds * CacheRig.second - 1
        #expect(rig.hits())
        rig.now += 1
        #expect(!rig.hits())
        #expect(rig.ask(.named(), "only-if-cached") == .notCached)
        #expect(rig.cache.entryCount == 0)
    }

    @Test(arguments: [0, -1, .min] as [Int64]) func `what a token brings that has ended is not stored`(
        after: Int64
    ) throws {
        var rig = lasting()
        let end = after == .min ? .min : rig.now + after
        let settlement = try rig.bring(tokenEnd: end)
        #expect(settlement.told == [.answer("x")] && !settlement.isStored)
        #expect(rig.cache.entryCount == 0)
    }

    @Test func `a token that ends while it is used brings nothing that is stored`() throws {
        var rig = lasting()
        let fetch = try rig.begin(tokenEnd: rig.now + 1_000_000)
        rig.pass(1)
        #expect(!rig.end(fetch, .text("x")).isStored)
    }

    @Test(arguments: [(5, 10), (10, 5), (5_000, 10)] as [(Int64, Int64)])
    func `the last word on a token's end counts for all that it brought`(first: Int64, second: Int64) throws {
        var rig = lasting()
        let start = rig.now
        try rig.bring(.text("x"), tokenEnd: start + first * CacheRig.second)
        try rig.bring(.text("y"), .named("d"), tokenEnd: start + second * CacheRig.second)
        rig.now = start + second * CacheRig.second - 1
        #expect(rig.hits() && rig.hits(.named("d")))
        rig.now += 1
        #expect(!rig.hits() && !rig.hits(.named("d")))
    }

    @Test(arguments: ["", "no-store", "only-if-cached", "no-cache"])
    func `whoever reads may say it, whatever it asks for`(directives: String) throws {
        var rig = lasting()
        try rig.bring()
        _ = rig.ask(.named("d"), directives, tokenEnd: rig.now + 5_000_000)
        rig.pass(5)
        #expect(!rig.hits())
    }

    @Test func `whoever joins a fetch may say it`() throws {
        var rig = lasting()
        let fetch = try rig.begin()
        _ = rig.ask(.named(), tokenEnd: rig.now + 5_000_000)
        rig.end(fetch, .text("x"))
        rig.pass(5)
        #expect(!rig.hits())
    }

    @Test func `a fetch that began before the last word doesn't undo it`() throws {
        var rig = lasting()
        try rig.bring()
        let fetch = try rig.begin(.named("d"), tokenEnd: rig.now + 100_000_000)
        _ = rig.ask(.named(), tokenEnd: rig.now + 5_000_000)
        rig.end(fetch, .text("y"))
        rig.pass(5)
        #expect(!rig.hits() && !rig.hits(.named("d")))
    }

    /// What is known of a token doesn't depend on what becomes of the read that told it.
    @Test(arguments: [.unreachable, .bad, .unkept("y"), .text("y", .said("no-store"))] as [FetchEnd])
    func `a token's end is known from a read that brought nothing`(end: FetchEnd) throws {
        var rig = lasting()
        try rig.bring(end, .named("d"), tokenEnd: rig.now + 5_000_000)
        try rig.bring()
        rig.pass(5)
        #expect(!rig.hits())
    }

    @Test func `a token's end is known while the read that told it is under way`() throws {
        var rig = lasting()
        let fetch = try rig.begin()
        _ = rig.ask(.named("d"), tokenEnd: rig.now + 5_000_000)
        rig.end(fetch, .text("x"))
        rig.pass(5)
        #expect(!rig.hits())
    }

    @Test func `another token lives on`() throws {
        var rig = lasting()
        try rig.bring(tokenEnd: rig.now + 5_000_000)
        try rig.bring(.text("y"), .named(token: 2), tokenEnd: rig.now + 50_000_000)
        rig.pass(5)
        #expect(!rig.hits() && rig.hits(.named(token: 2)))
    }

    // MARK: What is stale

    @Test func `no stale answer outlives its token while it is refreshed`() throws {
        var rig = lasting()
        try rig.bring(.text("x", .said("max-age=1")), tokenEnd: rig.now + 5_000_000)
        rig.pass(4.999_999)
        var look = rig
        #expect(look.ask() == .stale("x", ttl: -4, age: 4, refreshes: true))
        rig.pass(0.000_001)
        #expect(rig.ask() == .fetch)
    }

    @Test(arguments: [4.999_999, 5]) func `no stale answer outlives its token for an error`(seconds: Double) throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said("max-age=1")), tokenEnd: rig.now + 5_000_000)
        rig.pass(2)
        let fetch = try rig.begin()
        rig.pass(seconds - 2)
        let told = rig.end(fetch, .unreachable).told
        #expect(told == [seconds < 5 ? .answer("x") : .unreachable])
    }

    @Test func `no answer that holds outlives its token`() throws {
        var rig = lasting()
        try rig.bring(.text("x", .said("max-age=1", tag: "\"1\"")), tokenEnd: rig.now + 5_000_000)
        rig.pass(2)
        rig.end(try rig.begin(.named(), "no-cache"), .notModified(fields: .said("max-age=100")))
        rig.pass(2.999_999)
        #expect(rig.hits())
        rig.pass(0.000_001)
        #expect(!rig.hits())
    }

    @Test func `no absence outlives its token`() throws {
        var rig = CacheRig { $0.negativeTTL = 60_000_000 }
        try rig.bring(.missing, tokenEnd: rig.now + 5_000_000)
        rig.pass(5)
        #expect(rig.ask() == .fetch)
    }

    @Test func `what a token brought that ended can't be asked about`() throws {
        var rig = lasting()
        try rig.bring(.text("x", .said(tag: "\"1\"")), tokenEnd: rig.now + 5_000_000)
        rig.pass(5)
        _ = rig.ask()
        #expect(rig.fetch?.validators.isEmpty == true)
    }
}
