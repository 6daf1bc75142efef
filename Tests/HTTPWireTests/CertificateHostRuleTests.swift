@testable import HTTPWire
import Testing

/// Which names in a certificate speak for which host.
@Suite struct CertificateHostRuleTests {
    @Test(arguments: [
        ("open-api.divar.ir", "open-api.divar.ir"), ("OPEN-API.Divar.IR", "open-api.divar.ir"),
        ("open-api.divar.ir", "Open-Api.divar.ir"), ("*.divar.ir", "open-api.divar.ir"), ("*.Divar.ir", "a.divar.ir"),
        ("localhost", "localhost"), ("divar.ir", "divar.ir"), ("*.a.divar.ir", "b.a.divar.ir"),
    ])
    func `a name is vouched for by itself, and by a star for its first label`(_ pattern: String, _ name: String) {
        #expect(CertificateHostRule.matches(pattern: pattern, name: name))
    }

    @Test(arguments: [
        ("divar.ir", "open-api.divar.ir"), ("open-api.divar.ir", "divar.ir"), ("*.divar.ir", "divar.ir"),
        ("*.divar.ir", "a.b.divar.ir"), ("*.ir", "divar.ir"), ("*", "localhost"), ("*", "divar.ir"),
        ("*.*", "divar.ir"),
        ("*.*.ir", "a.divar.ir"), ("open*.divar.ir", "open-api.divar.ir"), ("*-api.divar.ir", "open-api.divar.ir"),
        ("open-api.*.ir", "open-api.divar.ir"), ("", "divar.ir"), (".divar.ir", "a.divar.ir"),
        ("open-api.divar.ir.evil.example", "open-api.divar.ir"),
        ("open-api.divar.ir\u{0}.evil.example", "open-api.divar.ir"),
        ("open-api.divar.ir\u{0}", "open-api.divar.ir"), ("evil-open-api.divar.ir", "open-api.divar.ir"),
        ("open-api.divar.ir ", "open-api.divar.ir"), ("**.divar.ir", "a.divar.ir"), ("127.0.0.1", "127.0.0.2"),
        // What only Unicode calls the same letter: the Kelvin sign, and a dot of its own.
        ("\u{212A}enar.divar.ir", "kenar.divar.ir"), ("open-api\u{FF0E}divar.ir", "open-api.divar.ir"),
    ])
    func `a name is not vouched for by any other`(_ pattern: String, _ name: String) {
        #expect(!CertificateHostRule.matches(pattern: pattern, name: name))
    }
}
