import ConversationCache
import Testing

/// RFC 9111 section 3: which answers are stored.
@Suite struct StorageTests {
    @Test(
        arguments: [
            (.none, true), (.said(""), true), (.said("private"), true), (.said("private=\"set-cookie\""), true),
            (.said("public"), true), (.said("s-maxage=0"), true), (.said("proxy-revalidate"), true),
            (.said("no-transform, immutable"), true), (.said("max-age=5"), true), (.said("must-revalidate"), true),
            (.said(expires: .past), true), (.said("max-age=0"), true),
            (.said("no-store"), false), (.said("NO-STORE"), false), (.said("max-age=60, no-store"), false),
            (.said("no-store=yes"), false), (.said("no-store", tag: "\"1\""), false),
            (.said("must-understand, no-store"), false),
            (.said(varies: true), false), (.said("max-age=60", tag: "\"1\"", varies: true), false),
            // Nothing can be done with it any more.
            (.said("no-cache"), false), (.said("max-age=0, must-revalidate"), false),
            (.said("max-age=0, stale-if-error=0, stale-while-revalidate=0"), false),
            (.said("max-age=60", age: 60), true), (.said("max-age=60", age: 121), false),
            // It can be asked about.
            (.said("no-cache", tag: "\"1\""), true), (.said("max-age=0, must-revalidate", changed: "then"), true),
            (.said("max-age=60", age: 9_999, tag: "\"1\""), true),
        ] as [(ResponseFields, Bool)])
    func `a conversation is stored where nothing forbids it and it is of use`(
        fields: ResponseFields,
        isStored: Bool
    ) throws {
        var rig = CacheRig()
        let settlement = try rig.bring(.text("x", fields))
        #expect(settlement.told == [.answer("x")])
        #expect(settlement.isStored == isStored)
        #expect(rig.cache.entryCount == (isStored ? 1 : 0))
        #expect((rig.cache.bytes > 0) == isStored)
    }

    @Test(
        arguments: [
            (.unkept("x"), .answer("x")), (.failing, .failing), (.bad, .bad),
            (.forbidden, .forbidden), (.unreachable, .unreachable),
            (.notModified(fields: .said("max-age=60")), .senseless),
        ] as [(FetchEnd, Told)])
    func `nothing but a conversation and a confirmed absence is stored`(end: FetchEnd, told: Told) throws {
        var rig = CacheRig()
        let settlement = try rig.bring(end)
        #expect(settlement.told == [told])
        #expect(!settlement.isStored && rig.cache.entryCount == 0)
        #expect(rig.ask() == .fetch)
    }

    @Test func `a confirmed absence is stored for a time of its own`() throws {
        var rig = CacheRig { $0.negativeTTL = 3_000_000 }
        let settlement = try rig.bring(.missing)
        #expect(settlement.told == [.missing])
        #expect(settlement.statuses == ["divar-gateway; fwd=uri-miss; fwd-status=404; stored"])
        rig.pass(2.999_999)
        #expect(rig.ask() == .negative(ttl: 0, age: 2))
        rig.pass(0.000_001)
        #expect(rig.ask() == .fetch)
    }

    @Test func `a confirmed absence is never given stale`() throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring(.missing)
        rig.pass(2.5)
        let fetch = try rig.begin()
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    @Test func `no absence is stored where the operator wants none`() throws {
        var rig = CacheRig { $0.negativeTTL = 0 }
        try rig.bring(.missing)
        #expect(rig.cache.entryCount == 0)
    }

    /// What is newer speaks against what is stored, though it isn't stored itself.
    @Test(
        arguments: [
            .text("y", .said("no-store")), .text("y", .said(varies: true)), .unkept("y"), .forbidden, .text("y"),
            .missing,
        ] as [FetchEnd])
    func `an answer that supersedes another leaves nothing of it`(end: FetchEnd) throws {
        var rig = CacheRig()
        try rig.bring()
        try rig.bring(end, .named(), "no-cache")
        #expect(rig.ask() != .hit("x", ttl: 10))
    }

    @Test(arguments: [.failing, .unreachable, .bad] as [FetchEnd])
    func `an answer that says nothing about the conversation leaves what is stored`(end: FetchEnd) throws {
        var rig = CacheRig()
        try rig.bring()
        try rig.bring(end, .named(), "no-cache")
        #expect(rig.ask() == .hit("x", ttl: 10))
    }

    @Test func `the answer of a later fetch is not replaced by an earlier one's`() throws {
        var rig = CacheRig()
        let earlier = try rig.begin()
        try rig.bring(.text("later"), .named(), "no-cache")
        let settlement = rig.end(earlier, .text("earlier"))
        #expect(settlement.told == [.answer("earlier")] && !settlement.isStored)
        #expect(rig.ask() == .hit("later", ttl: 10))
    }

    /// Else whoever heard the later answer could read the earlier one afterwards.
    @Test(arguments: [.text("y"), .text("y", .said("no-store")), .unkept("y"), .missing] as [FetchEnd])
    func `after the answer to a later question none to an earlier one is kept`(end: FetchEnd) throws {
        var rig = CacheRig { $0.negativeTTL = 0 }
        let earlier = try rig.begin()
        try rig.bring(end, .named(), "no-cache")
        #expect(!rig.end(earlier, .text("x")).isStored)
    }

    @Test(arguments: [.bad, .unreachable] as [FetchEnd])
    func `an error after a later question says nothing about an earlier one`(end: FetchEnd) throws {
        var rig = CacheRig()
        let earlier = try rig.begin()
        try rig.bring(end, .named(), "no-cache")
        #expect(rig.end(earlier, .text("x")).isStored)
    }

    @Test func `the end of a fetch that nobody knows means nothing`() throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        rig.end(fetch, .text("x"))
        #expect(rig.end(fetch, .text("y")).notices.isEmpty)
        #expect(rig.ask() == .hit("x", ttl: 10))
    }

    @Test func `without memory nothing is stored or shared`() {
        var rig = CacheRig { $0.maximumBytes = 0 }
        #expect(rig.ask() == .bypass(.bypass))
        #expect(rig.ask() == .bypass(.bypass))
        #expect(rig.ask(.named(), "only-if-cached") == .notCached)
    }
}
