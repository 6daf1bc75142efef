import Messaging
import SeededCases
import Testing

@Suite struct HostNameTests {
    @Test(arguments: [
        ("acme.ir", "acme.ir"), ("ACME.Ir", "acme.ir"), ("acme.ir.", "acme.ir"), ("192.0.2.7", "192.0.2.7"),
        ("a_b.ir", "a_b.ir"),
        ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("دیوار.ایران", "xn--mgbph4g34a.xn--mgba3a4f16a"),
        // RFC 3492 section 7.1: Egyptian Arabic, simplified Chinese, Hebrew, Japanese.
        ("ليهمابتكلموشعربي.x", "xn--mgbcah9ar9a4efegftvvn.x"),
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("למההםפשוטלאמדבריםעברית", "xn--4dbcagdahymbxekheh6e0a7fei0b"),
        ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
    ])
    func `a name is compared as name servers have it`(text: String, expected: String) {
        #expect(HostName(text)?.text == expected)
    }

    @Test(arguments: [
        "", ".", "..", "a..b", ".a", "a..", "-a.ir", "a-.ir", "a b", "%61cme.ir", "acme.ir:80", "[::1]", "a/b", "a@b",
        "acme\u{FF0E}ir",
        "evil.com\u{FF0F}.acme.ir", "evil.com\u{2100}.acme.ir", "evil.com\u{3002}acme.ir", "a\u{200D}b.ir",
        "a\u{202E}b.ir",
        String(repeating: "a", count: 64) + ".ir", String(repeating: "a.", count: 127) + "ab", "*.acme.ir",
        "a\u{2488}acme.ir",
    ])
    func `what a browser may read otherwise is no name`(text: String) {
        #expect(HostName(text) == nil)
    }

    @Test func `a pattern matches its host, and with a star those below it`() throws {
        let exact = LinkPolicy(hosts: [HostPattern("acme.ir")!], isEnforced: true)
        let below = LinkPolicy(hosts: [HostPattern("*.Acme.ir")!], isEnforced: true)
        for host in ["acme.ir", "ACME.IR", "acme.ir."] {
            #expect(exact.admits(host: host) && !below.admits(host: host))
        }
        for host in ["www.acme.ir", "a.b.acme.ir", "فروشگاه.acme.ir"] {
            #expect(!exact.admits(host: host) && below.admits(host: host))
        }
        for host in [
            "evilacme.ir", "acme.ir.evil.com", "acme.irx", "acme", "аcme.ir", "ａｃｍｅ.ir", "", "[::1]", "x%2eacme.ir",
        ] {
            #expect(!exact.admits(host: host) && !below.admits(host: host), "\(host)")
        }
        let persian = LinkPolicy(hosts: [HostPattern("دیوار.ایران")!], isEnforced: true)
        #expect(persian.admits(host: "xn--mgbph4g34a.xn--mgba3a4f16a") && persian.admits(host: "دیوار.ایران"))
        for text in ["*", "*.", "**.acme.ir", "a.*.ir", "https://acme.ir", "acme.ir:443", "acme.ir/x", ""] {
            #expect(HostPattern(text) == nil, "\(text)")
        }
    }

    @Test func `different names stay different, whatever they are made of`() {
        var random = SplitMix64()
        let letters = Array("abzاآبپتüéßжя中文漢字אב0129-_".unicodeScalars)
        var seen: [String: String] = [:]
        for number in 0..<20_000 {
            let label = (0..<(1 + random.below(12))).map { _ in random.element(of: letters) }
            let text = String(String.UnicodeScalarView(label))
            guard let name = HostName(text) else { continue }
            #expect(name.text.utf8.allSatisfy { $0 < 0x80 }, "\(replay(number))")
            let before = seen.updateValue(text, forKey: name.text)
            #expect(before == nil || before.map { $0.unicodeScalars.elementsEqual(label) } == true, "\(replay(number))")
        }
    }
}
