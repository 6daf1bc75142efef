import HTTPWire
import Testing

/// Scheme, host and port of an upstream, and nothing else.
@Suite struct OriginTests {
    @Test(
        arguments: [
            ("https://open-api.divar.ir", Origin.Scheme.https, "open-api.divar.ir", 443, "open-api.divar.ir"),
            ("https://open-api.divar.ir/", .https, "open-api.divar.ir", 443, "open-api.divar.ir"),
            ("HTTPS://Open-API.Divar.IR", .https, "open-api.divar.ir", 443, "open-api.divar.ir"),
            ("http://127.0.0.1:8090", .http, "127.0.0.1", 8090, "127.0.0.1:8090"),
            ("http://localhost", .http, "localhost", 80, "localhost"), ("http://a:80", .http, "a", 80, "a"),
            ("http://a:443", .http, "a", 443, "a:443"), ("https://a:443/", .https, "a", 443, "a"),
            ("https://a:80", .https, "a", 80, "a:80"), ("http://a:1", .http, "a", 1, "a:1"),
            ("http://a:65535", .http, "a", 65_535, "a:65535"), ("http://[::1]", .http, "::1", 80, "[::1]"),
            ("http://[::1]:8080/", .http, "::1", 8080, "[::1]:8080"),
            ("https://[2001:DB8::1]", .https, "2001:db8::1", 443, "[2001:db8::1]"),
            ("http://a_b-c.d", .http, "a_b-c.d", 80, "a_b-c.d"),
        ] as [(String, Origin.Scheme, String, Int, String)])
    func `an origin is read`(_ url: String, _ scheme: Origin.Scheme, _ host: String, _ port: Int, _ authority: String)
        throws
    {
        let origin = try #require(Origin(url))
        #expect(origin.scheme == scheme)
        #expect(origin.host == host)
        #expect(origin.port == port)
        #expect(origin.authority == authority)
        #expect(origin.description == "\(scheme.rawValue)://\(authority)")
        #expect(Origin(origin.description) == origin)
    }

    @Test(arguments: [
        "", "/", "http", "http:", "http:/", "http://", "http:///", "https://", "://a", "a", "a:80", "//a", "a://b",
        "ftp://a",
        "ws://a", "httpss://a", " http://a", "http://a ", "http ://a", "http://a b",
        // A path, a query, a fragment, credentials.
        "http://a//", "http://a/b", "http://a/?b", "http://a?b", "http://a#b", "http://u@a", "http://u:p@a",
        "http://a/%2e",
        "http://a\\b", "http://a;b", "http://a,b", "http://a%41",
        // Ports.
        "http://a:", "http://a:/", "http://a:0", "http://a:65536", "http://a:-1", "http://a:+1", "http://a:1x",
        "http://a: 1",
        "http://a:99999999999999999999", "http://a:80:90", "http://:80", "http://a:٨٠", "http://a:0x50",
        // Addresses.
        "http://::1", "http://[", "http://]", "http://[]", "http://[]:80", "http://[::1", "http://::1]",
        "http://[::1]x",
        // What reads an address as C does stops at the NUL.
        "http://[::1\u{0}]", "http://[::\u{0}]:80", "http://[::1\u{0}x.example]",
        "http://[::1]80", "http://[::1]:", "http://[::1]:0", "http://[::1]:80:90", "http://[fe80::1%25eth0]",
        // What is not ASCII.
        "http://دیوار.ir", "http://ａ", "http://a\u{301}", "http://a\u{0}", "http://a\r\nHost: b", "http://a\n",
    ])
    func `what has more to it, or less, is none`(_ url: String) {
        #expect(Origin(url) == nil)
    }

    /// RFC 3986 section 3.2.2: brackets stand around an IP address of version 6 and nowhere else.
    @Test(arguments: [
        "http://a]", "http://a[", "http://a[b]", "http://[a]", "http://[a]:80", "http://[127.0.0.1]", "http://[[::1]",
        "http://a]:80", "http://[::1[]",
    ])
    func `a bracket that is not around an address is refused`(_ url: String) {
        #expect(Origin(url) == nil)
    }

    @Test func `origins that mean the same are equal`() {
        #expect(Origin("https://a") == Origin("HTTPS://A:443/"))
        #expect(Origin("https://a") != Origin("http://a"))
        #expect(Origin("http://a") != Origin("http://a:81"))
    }
}
