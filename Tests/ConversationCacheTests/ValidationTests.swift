import ConversationCache
import Testing

/// RFC 9111 section 4.3: asking whether what is stored still holds.
@Suite struct ValidationTests {
    static let validators = [
        Validators(entityTag: "\"1\""), Validators(entityTag: "W/\"1\""), Validators(lastModified: "then"),
        Validators(entityTag: "\"1\"", lastModified: "then"),
    ]

    private func stale(_ fields: ResponseFields) throws -> CacheRig {
        var rig = CacheRig()
        try rig.bring(.text("x", fields))
        rig.pass(70)
        return rig
    }

    @Test(arguments: validators) func `a stale answer is asked about by its validators as Divar wrote them`(
        validators: Validators
    ) throws {
        var fields = ResponseFields()
        fields.validators = validators
        var rig = try stale(fields)
        #expect(rig.ask() == .fetch)
        #expect(rig.fetch?.validators == validators)
    }

    @Test func `what has no validators is asked for as a whole`() throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(11)
        _ = rig.ask()
        #expect(rig.fetch?.validators.isEmpty == true)
    }

    @Test(arguments: validators) func `not modified freshens what is stored`(validators: Validators) throws {
        var fields = ResponseFields()
        fields.validators = validators
        var rig = try stale(fields)
        let settlement = rig.end(try rig.begin(), .notModified(fields: fields))
        #expect(settlement.told == [.answer("x")] && settlement.ages == [nil])
        #expect(settlement.statuses == ["divar-gateway; fwd=stale; fwd-status=304; ttl=10; stored"])
        #expect(rig.ask() == .hit("x", ttl: 10))
        rig.pass(70)
        _ = rig.ask()
        #expect(rig.fetch?.validators == validators)
    }

    /// Fields at first, fields of the 304, and for how long it is fresh then.
    @Test(
        arguments: [
            (.said("max-age=5"), .none, 5), (.said("max-age=5"), .said("max-age=8"), 8),
            (.said("max-age=5"), .said(""), 10),
            (.said("max-age=5"), .said("private"), 10), (.said(), .said("max-age=8"), 8),
            (.said("max-age=5"), .said(age: 2), 3), (.said("max-age=5", age: 2), .none, 5),
            (.said("max-age=5"), .said(date: CacheRig.unixStart + 69), 4),
            (.said("max-age=5", expires: .at(CacheRig.unixStart + 9)), .said(expires: .at(CacheRig.unixStart + 78)), 5),
            (.said(expires: .at(CacheRig.unixStart + 9)), .said(expires: .at(CacheRig.unixStart + 78)), 8),
            (.said(expires: .at(CacheRig.unixStart + 79)), .none, 9), (.said(expires: .past), .said("max-age=8"), 8),
            (.said(expires: .at(CacheRig.unixStart + 9)), .none, 0), (.said("max-age=5"), .said("max-age=0"), 0),
            (.said("no-cache"), .said("max-age=3"), 3), (.said("max-age=5"), .said("no-cache"), 0),
        ] as [(ResponseFields, ResponseFields, Int)])
    func `what a 304 says replaces what was said, and the rest stays`(
        old: ResponseFields,
        newer: ResponseFields,
        seconds: Int
    ) throws {
        var old = old
        old.validators.entityTag = "\"1\""
        var rig = try stale(old)
        rig.end(try rig.begin(.named(), "no-cache"), .notModified(fields: newer))
        guard seconds > 0 else {
            #expect(!rig.hits())
            return
        }
        rig.now += Int64(seconds) * CacheRig.second - 1
        #expect(rig.hits())
        rig.now += 1
        #expect(!rig.hits())
    }

    @Test(arguments: [.said("no-store"), .said(varies: true)] as [ResponseFields])
    func `a 304 can forbid to keep what it is about`(fields: ResponseFields) throws {
        var rig = try stale(.said(tag: "\"1\""))
        let settlement = rig.end(try rig.begin(), .notModified(fields: fields))
        #expect(settlement.told == [.answer("x")] && !settlement.isStored)
        #expect(rig.cache.entryCount == 0)
    }

    /// Section 4.3.4: "If none of the initial set contains at least one of the same strong validators, then the cache
    /// MUST NOT use the new response to update any stored responses."
    @Test(arguments: [("\"1\"", "\"2\""), ("W/\"1\"", "\"2\""), ("W/\"1\"", "W/\"2\""), ("\"1\"", "W/\"2\"")])
    func `a 304 about another version freshens nothing`(tag: String, newer: String) throws {
        var rig = try stale(.said(tag: tag))
        let settlement = rig.end(try rig.begin(), .notModified(fields: .said("max-age=60", tag: newer)))
        #expect(!settlement.isStored)
        #expect(!rig.hits())
    }

    /// Otherwise each read asks about the same version, and none gets an answer.
    @Test func `after a 304 about another version the whole is asked for`() throws {
        var rig = try stale(.said(tag: "\"1\""))
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        let settlement = rig.end(fetch, .notModified(fields: .said(tag: "\"2\"")))
        guard case .fetch(let second)? = settlement.notices.last?.notice else {
            Issue.record("no second call")
            return
        }
        #expect(second.validators.isEmpty)
        rig.end(fetch, .unreachable)
        #expect(rig.ask() == .fetch)
        #expect(rig.fetch?.validators.isEmpty == true)
    }

    /// Divar says that there is a newer one.
    @Test func `after a 304 about another version the stored one stands in for nothing`() throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said(tag: "\"1\"")))
        rig.pass(11)
        let fetch = try rig.begin()
        #expect(rig.end(fetch, .notModified(fields: .said(tag: "\"2\""))).told == [.fetch])
        #expect(rig.end(fetch, .unreachable).told == [.unreachable])
    }

    @Test func `not modified where nothing was asked about is a failure`() throws {
        var rig = CacheRig()
        #expect(try rig.bring(.notModified(fields: .none)).told == [.senseless])
        #expect(rig.ask() == .fetch)
    }

    @Test func `another answer replaces what was asked about`() throws {
        var rig = try stale(.said(tag: "\"1\""))
        rig.end(try rig.begin(), .text("y", .said(tag: "\"2\"")))
        #expect(rig.ask() == .hit("y", ttl: 10))
        rig.pass(10)
        _ = rig.ask()
        #expect(rig.fetch?.validators.entityTag == "\"2\"")
    }

    @Test func `not modified answers all who wait`() throws {
        var rig = try stale(.said(tag: "\"1\""))
        let fetch = try rig.begin()
        #expect(rig.ask() == .wait)
        let settlement = rig.end(fetch, .notModified(fields: .said(age: 3)))
        #expect(settlement.told == [.answer("x"), .answer("x")])
        #expect(settlement.ages == [3, 3])
    }

    @Test func `what was dropped meanwhile is not brought back by a 304`() throws {
        var rig = try stale(.said(tag: "\"1\""))
        let fetch = try rig.begin()
        rig.cache.drop(.named())
        let settlement = rig.end(fetch, .notModified(fields: .none))
        #expect(settlement.told == [.answer("x")] && !settlement.isStored)
        #expect(rig.cache.entryCount == 0)
    }

    @Test func `a confirmed absence is never asked about`() throws {
        var rig = CacheRig()
        try rig.bring(.text("x", .said(tag: "\"1\"")))
        try rig.bring(.missing, .named(), "no-cache")
        rig.pass(3)
        _ = rig.ask()
        #expect(rig.fetch?.validators.isEmpty == true)
    }
}
