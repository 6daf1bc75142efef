import ConversationCache
import Testing

/// RFC 9111 section 5.2.1: what a request says of the answers that it takes.
@Suite struct RequestDirectiveTests {
    /// To an answer that is 4 s old and stays fresh for 6 s.
    static let toFresh: [(String, Asked)] = [
        ("", .hit("x", ttl: 6, age: 4)), ("foo", .hit("x", ttl: 6, age: 4)),
        ("no-transform", .hit("x", ttl: 6, age: 4)), ("max-stale=0", .hit("x", ttl: 6, age: 4)),
        ("no-cache", .fetch), ("No-Cache", .fetch), ("no-cache=x", .fetch), ("max-age=99, no-cache", .fetch),
        ("no-store", .bypass(.request)), ("no-store, max-age=99", .bypass(.request)),
        ("no-store, no-cache", .bypass(.request)),
        ("max-age=4", .hit("x", ttl: 6, age: 4)), ("max-age=99", .hit("x", ttl: 6, age: 4)),
        ("max-age=99999999999999999999", .hit("x", ttl: 6, age: 4)),
        ("max-age=3", .fetch), ("max-age=0", .fetch), ("max-age", .fetch), ("max-age=x", .fetch),
        ("max-age=-1", .fetch), ("max-age=9, max-age=3", .fetch), ("max-age=9, max-age=8", .fetch),
        ("min-fresh=6", .hit("x", ttl: 6, age: 4)), ("min-fresh=0", .hit("x", ttl: 6, age: 4)),
        ("min-fresh=7", .fetch), ("min-fresh", .fetch), ("min-fresh=x", .fetch),
        ("min-fresh=1, min-fresh=7", .fetch), ("min-fresh=7, min-fresh=1", .fetch),
        ("min-fresh=99999999999999999999", .fetch),
        ("max-age=4, min-fresh=6", .hit("x", ttl: 6, age: 4)), ("max-age=4, min-fresh=7", .fetch),
        ("max-age=3, min-fresh=6", .fetch),
        ("only-if-cached", .hit("x", ttl: 6, age: 4)), ("only-if-cached, max-age=4", .hit("x", ttl: 6, age: 4)),
        ("only-if-cached, max-age=3", .notCached), ("only-if-cached, min-fresh=7", .notCached),
        ("only-if-cached, no-cache", .notCached), ("ONLY-IF-CACHED", .hit("x", ttl: 6, age: 4)),
        ("foo=\"a, no-cache\"", .hit("x", ttl: 6, age: 4)), ("foo=\"a\", no-cache", .fetch),
    ]

    @Test(arguments: toFresh) func `a fresh answer is given where the request takes it`(
        directives: String,
        asked: Asked
    ) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(4)
        #expect(rig.ask(.named(), directives) == asked)
    }

    @Test(
        arguments: [
            ("", .fetch), ("no-cache", .fetch), ("no-store", .bypass(.request)), ("max-age=9", .fetch),
            ("min-fresh=9", .fetch), ("only-if-cached", .notCached), ("only-if-cached, no-store", .notCached),
        ] as [(String, Asked)])
    func `where there is nothing Divar is asked, unless the request forbids it`(directives: String, asked: Asked) {
        var rig = CacheRig()
        #expect(rig.ask(.named(), directives) == asked)
        #expect((rig.fetch == nil) == (asked != .fetch))
    }

    /// A fraction of a second counts.
    @Test(arguments: [
        (4.0, "max-age=4", true), (4.000_001, "max-age=4", false), (4, "min-fresh=6", true),
        (4.000_001, "min-fresh=6", false), (0, "max-age=0", true), (0.000_001, "max-age=0", false),
    ])
    func `age and freshness are compared to the microsecond`(seconds: Double, directives: String, isHit: Bool) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(seconds)
        #expect(rig.hits(.named(), directives) == isHit)
    }

    @Test func `the age that Divar told counts against max-age`() throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said("max-age=60", age: 5)))
        #expect(!rig.hits(.named(), "max-age=4"))
        #expect(rig.hits(.named(), "max-age=5"))
    }

    @Test(arguments: ["no-cache", "max-age=0", "min-fresh=60"])
    func `what a picky request fetches is there for all`(directives: String) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(4)
        let settlement = try rig.bring(.text("y"), .named(), directives)
        #expect(settlement.statuses == ["divar-gateway; fwd=request; fwd-status=200; ttl=10; stored"])
        #expect(rig.ask() == .hit("y", ttl: 10))
    }

    @Test func `a request with no-store leaves no trace`() throws {
        var rig = CacheRig()
        #expect(rig.ask(.named(), "no-store") == .bypass(.request))
        #expect(rig.cache.entryCount == 0)
        #expect(rig.ask() == .fetch)
        #expect(rig.ask(.named(), "no-store") == .bypass(.request))
    }

    @Test(arguments: ["only-if-cached", "only-if-cached, max-age=9"])
    func `only-if-cached doesn't wait for a fetch`(directives: String) throws {
        var rig = CacheRig()
        let fetch = try rig.begin()
        #expect(rig.ask(.named(), directives) == .notCached)
        #expect(rig.end(fetch, .text("x")).notices.count == 1)
    }

    @Test func `only-if-cached begins no refresh`() throws {
        var rig = CacheRig { $0.staleWhileRevalidate = 60_000_000 }
        try rig.bring()
        rig.pass(12)
        #expect(rig.ask(.named(), "only-if-cached") == .stale("x", ttl: -2, age: 12, refreshes: false))
        #expect(rig.fetch == nil)
    }

    /// An absence is an answer like any other.
    @Test(
        arguments: [
            ("", .negative(ttl: 1, age: 1)), ("max-age=1", .negative(ttl: 1, age: 1)), ("max-age=0", .fetch),
            ("min-fresh=2", .fetch), ("no-cache", .fetch), ("only-if-cached", .negative(ttl: 1, age: 1)),
        ] as [(String, Asked)])
    func `a remembered absence is given where the request takes it`(directives: String, asked: Asked) throws {
        var rig = CacheRig()
        try rig.bring(.missing)
        rig.pass(1)
        #expect(rig.ask(.named(), directives) == asked)
    }
}
