import ConversationCache
import Testing

/// RFC 9111 section 4.2.1, 4.2.2 and 5.3: how long an answer is fresh.
@Suite struct LifetimeTests {
    private static let unix = CacheRig.unixStart

    /// Fields and how many seconds they are fresh; nil where `ttl` decides.
    static let cases: [(ResponseFields, Int?)] = [
        (.none, nil), (.said("private"), nil), (.said("must-revalidate"), nil), (.said("s-maxage=50"), nil),
        (.said("public, proxy-revalidate"), nil), (.said("foo=1"), nil),
        (.said("max-age=7"), 7), (.said("max-age=\"7\""), 7), (.said("MAX-AGE=7"), 7), (.said("max-age=0"), 0),
        (.said("s-maxage=50, max-age=7"), 7), (.said("max-age=7, s-maxage=0"), 7),
        (.said("max-age=7, max-age=7"), 7), (.said("max-age=7, max-age=8"), 0), (.said("max-age=8, max-age=7"), 0),
        (.said("max-age=7, max-age=8, max-age=7"), 0),
        (.said("max-age"), 0), (.said("max-age="), 0), (.said("max-age=-1"), 0), (.said("max-age=+7"), 0),
        (.said("max-age=7.5"), 0), (.said("max-age=1e3"), 0), (.said("max-age=0x7"), 0), (.said("max-age=seven"), 0),
        (.said("max-age=7 8"), 0), (.said("max-age='7'"), 0), (.said("max-age=٧"), 0),
        (.said("max-age=2147483648"), 2_147_483_648), (.said("max-age=99999999999999999999"), 2_147_483_648),
        // max-age overrides Expires, a long way or not at all.
        (.said("max-age=7", expires: .at(unix + 50)), 7), (.said("max-age=7", expires: .past), 7),
        (.said("max-age=0", expires: .at(unix + 50)), 0), (.said("max-age=x", expires: .at(unix + 50)), 0),
        // s-maxage doesn't.
        (.said("s-maxage=7", expires: .at(unix + 50)), 50),
        (.said(expires: .at(unix + 50)), 50), (.said("private", expires: .at(unix + 50)), 50),
        (.said(expires: .at(unix)), 0), (.said(expires: .at(unix - 1)), 0), (.said(expires: .past), 0),
        (.said(date: unix, expires: .at(unix + 50)), 50),
        // Expires counts from Date.
        (.said(date: unix + 20, expires: .at(unix + 50)), 30),
        (.said(date: unix + 20, expires: .at(unix + 20)), 0), (.said(date: unix + 20, expires: .at(unix + 10)), 0),
        (.said(expires: .at(.max)), 2_147_483_648), (.said(expires: .at(.min)), 0),
    ]

    @Test(arguments: cases, [0, 1, 10, 3_000])
    func `an answer is fresh for as long as it says, else for as long as the operator does`(
        said: (fields: ResponseFields, seconds: Int?),
        ttl: Int64
    ) throws {
        var rig = CacheRig { $0.ttl = ttl * CacheRig.second }
        let lifetime = said.seconds.map { Int64($0) } ?? ttl
        let tokenEnd = rig.now + (lifetime + 100) * CacheRig.second
        let fetch = try rig.begin(tokenEnd: tokenEnd)
        rig.end(fetch, .text("x", said.fields))
        rig.now += lifetime * CacheRig.second - 1
        #expect(rig.hits() == (lifetime > 0))
        rig.now += 1
        #expect(!rig.hits())
        rig.now += 1
        #expect(!rig.hits())
    }

    @Test func `ten seconds are the default, two for what isn't there`() {
        let settings = CacheSettings()
        #expect(settings.ttl == 10_000_000 && settings.negativeTTL == 2_000_000)
        #expect(settings.staleWhileRevalidate == 0 && settings.staleIfError == 60_000_000)
        #expect(settings.maximumBytes == 64 << 20)
    }

    @Test(arguments: [(0.0, 10), (0.000_001, 9), (0.999_999, 9), (1, 9), (9, 1), (9.5, 0)])
    func `the freshness that is left is said in whole seconds`(seconds: Double, ttl: Int) throws {
        var rig = CacheRig()
        try rig.bring()
        rig.pass(seconds)
        #expect(rig.ask() == .hit("x", ttl: ttl, age: Int(seconds)))
    }
}
