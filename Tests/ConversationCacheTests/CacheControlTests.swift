import ConversationCache
import SeededCases
import Testing

/// RFC 9111 section 5.2 and 1.2.2, RFC 5861: the directives that mean something here.
@Suite struct CacheControlTests {
    private static func words(_ control: CacheControl) -> [String] {
        let flags = [
            (control.isNoStore, "no-store"), (control.isNoCache, "no-cache"),
            (control.isMustRevalidate, "must-revalidate"), (control.isOnlyIfCached, "only-if-cached"),
        ]
        let numbers = [
            (control.maxAge, "max-age"), (control.minFresh, "min-fresh"),
            (control.staleWhileRevalidate, "stale-while-revalidate"), (control.staleIfError, "stale-if-error"),
        ]
        return flags.compactMap { $0.0 ? $0.1 : nil }
            + numbers.compactMap { seconds, name in seconds.map { "\(name)=\($0)" } }
    }

    @Test(
        arguments: [
            ("", []), ("private, public, no-transform, immutable, s-maxage=1, foo=\"bar\"", []),
            ("no-store", ["no-store"]), ("nO-sToRe", ["no-store"]), (" no-store ", ["no-store"]),
            (",,no-store,,", ["no-store"]), ("no-store, no-store", ["no-store"]), ("no-store=0", ["no-store"]),
            ("no-cache", ["no-cache"]), (#"no-cache="a, b""#, ["no-cache"]), ("no-cache=a", ["no-cache"]),
            ("must-revalidate, only-if-cached", ["must-revalidate", "only-if-cached"]),
            ("max-age=0", ["max-age=0"]), ("max-age=1, Max-Age=1", ["max-age=1"]), ("max-age=007", ["max-age=7"]),
            (#"max-age="60""#, ["max-age=60"]), ("min-fresh=5", ["min-fresh=5"]),
            ("min-fresh=5, min-fresh=7", ["min-fresh=7"]),
            ("stale-while-revalidate=5, stale-if-error=6", ["stale-while-revalidate=5", "stale-if-error=6"]),
            ("stale-while-revalidate, stale-if-error=x", []),
            // Hidden in a value, or only like a name.
            (#"foo="no-store""#, []), (#"foo="a, no-store, b""#, []), (#"foo="\", no-store""#, []),
            (#"foo="\\", no-store"#, ["no-store"]), ("xno-store, no-storex, no store, no_store, nostore", []),
            ("\"no-store\"", []), ("x-max-age=1, maxage=1, max age=1, max-ages=1", []),
        ] as [(String, [String])])
    func `a field means what it says`(field: String, words: [String]) {
        #expect(Self.words(CacheControl(field)) == words)
    }

    @Test func `no directives are none`() {
        #expect(CacheControl("") == CacheControl() && CacheControl("private") == CacheControl())
        #expect(Self.words(CacheControl()).isEmpty)
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("007", 7), ("2147483647", 2_147_483_647), ("2147483648", 2_147_483_648),
            ("2147483649", 2_147_483_648), ("9223372036854775807", 2_147_483_648),
            ("9223372036854775808", 2_147_483_648), ("99999999999999999999999999", 2_147_483_648),
            (String(repeating: "0", count: 100) + "9", 9),
            ("", nil), (" ", nil), ("-0", nil), ("-1", nil), ("+1", nil), ("1 ", nil), (" 1", nil), ("1.0", nil),
            ("1,000", nil), ("1_000", nil), ("0x1", nil), ("1e3", nil), ("١", nil), ("１", nil), ("1\u{301}", nil),
            ("1\u{0}", nil), ("\"1\"", nil), ("NaN", nil), ("1s", nil),
        ] as [(String, Int?)])
    func `seconds are digits, and too many are the most there are`(text: String, seconds: Int?) {
        #expect(CacheControl.seconds(text) == seconds)
    }

    /// Section 4.2.1: "either the first occurrence should be used or the response should be considered stale".
    @Test(arguments: [
        ("max-age=0, max-age=9", "max-age=0"), ("max-age=9, max-age=0", "max-age=0"),
        ("max-age=5, max-age=9", "max-age=0"), ("max-age=5, max-age", "max-age=0"),
        ("stale-if-error=0, stale-if-error=9", "stale-if-error=0"),
        ("stale-while-revalidate=0, stale-while-revalidate=9", "stale-while-revalidate=0"),
    ]) func `of two values none that is longer than the first counts`(field: String, word: String) {
        #expect(Self.words(CacheControl(field)) == [word])
    }

    @Test func `the order of different directives means nothing`() {
        var random = SplitMix64()
        let members = [
            "no-store", "no-cache", "must-revalidate", "only-if-cached", "max-age=5", "min-fresh=6",
            "stale-while-revalidate=7", "stale-if-error=8", "private", "foo=\"a, b\"",
        ]
        for number in 0..<500 {
            let some = members.filter { _ in random.chance(1, in: 2) }
            let shuffled = some.shuffled(using: &random)
            #expect(
                CacheControl(some.joined(separator: ",")) == CacheControl(shuffled.joined(separator: " , ")),
                "\(replay(number))")
        }
    }
}
