@testable import HTTPWire
import SeededCases
import Testing

/// The subjects of certificates as text.
@Suite struct CertificateSubjectTests {
    private func text(_ subject: [UInt8]...) -> String? {
        CertificateSubject(ofCertificate: DER.certificate(subject: subject.flatMap { $0 }))?.text
    }

    private func text(ofCommonName name: String) -> String? {
        text(DER.name(DER.commonName, DER.utf8(name)))
    }

    @Test func `the most particular name comes first`() {
        let subject = DER.name(DER.organization, DER.utf8("Acme")) + DER.name(DER.commonName, DER.utf8("billing"))
        #expect(text(subject) == "CN=billing,O=Acme")
        #expect(text() == "")
        #expect(
            CertificateSubject(ofCertificate: DER.certificate(subject: subject, hasVersion: false))?.text
                == text(subject))
    }

    @Test func `several attributes of one name are joined with a plus`() {
        let both = DER.set(
            DER.sequence(DER.commonName, DER.utf8("a")), DER.sequence(DER.organization, DER.utf8("b")))
        #expect(text(both) == "CN=a+O=b")
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", #"a\,b"#), ("a+b", #"a\+b"#), ("\"q\"", #"\"q\""#), ("a\\b", #"a\\b"#),
        ("<a>", #"\<a\>"#), ("a;b", #"a\;b"#), ("#a#", "\\#a#"), (" a b ", #"\ a b\ "#), (" ", #"\ "#), ("", ""),
        ("a=b", "a=b"), ("دیوار", "دیوار"), ("a\u{0}b", #"a\00b"#), ("a\nb", #"a\0ab"#), ("\u{85}", #"\c2\85"#),
        ("billing,O=Acme", #"billing\,O=Acme"#),
    ])
    func `characters that mean something are escaped`(_ name: String, _ escaped: String) {
        #expect(text(ofCommonName: name) == "CN=" + escaped)
    }

    @Test func `every kind of string that is surely known is read`() {
        #expect(text(DER.name(DER.commonName, DER.element(0x13, Array("a".utf8)))) == "CN=a")
        #expect(text(DER.name(DER.commonName, DER.element(0x16, Array("a".utf8)))) == "CN=a")
        #expect(text(DER.name(DER.commonName, DER.element(0x1E, [0x06, 0x2F]))) == "CN=د")
    }

    @Test func `what isn't surely known stays as it is encoded`() {
        #expect(text(DER.name(DER.commonName, DER.element(0x14, [0x61]))) == "CN=#140161")
        #expect(text(DER.name(DER.commonName, DER.element(0x0C, [0xFF]))) == "CN=#0c01ff")
        #expect(text(DER.name(DER.commonName, DER.element(0x13, [0x80]))) == "CN=#130180")
        #expect(text(DER.name(DER.commonName, DER.element(0x1E, [0x06]))) == "CN=#1e0106")
        #expect(text(DER.name(DER.commonName, DER.element(0x1E, [0xD8, 0x00]))) == "CN=#1e02d800")
        #expect(text(DER.name(DER.identifier(42, 3, 4), DER.utf8("x"))) == "1.2.3.4=#0c0178")
        #expect(text(DER.name(DER.identifier(2 * 40 + 999, 1), DER.utf8("x"))) == "2.999.1=#0c0178")
        // An escaped number sign keeps a text that looks like an encoding apart from one.
        #expect(text(ofCommonName: "#140161") == "CN=\\#140161")
    }

    @Test(arguments: [
        (DER.identifier(85, 4, 6), "C"), (DER.identifier(85, 4, 7), "L"), (DER.identifier(85, 4, 8), "ST"),
        (DER.identifier(85, 4, 11), "OU"), (DER.identifier(85, 4, 9), "STREET"),
        (DER.identifier(85, 4, 5), "serialNumber"),
        (DER.identifier(9, 2342, 19_200_300, 100, 1, 25), "DC"),
        (DER.identifier(9, 2342, 19_200_300, 100, 1, 1), "UID"),
        (DER.identifier(42, 840, 113_549, 1, 9, 1), "emailAddress"),
    ])
    func `the usual attributes have their names`(_ type: [UInt8], _ name: String) {
        #expect(text(DER.name(type, DER.utf8("x"))) == "\(name)=x")
    }

    @Test(
        arguments: [
            DER.set(), DER.set(DER.sequence()), DER.set(DER.sequence(DER.commonName)),
            DER.set(DER.sequence(DER.utf8("x"), DER.utf8("x"))),
            DER.set(DER.sequence(DER.commonName, DER.utf8("x"), DER.utf8("y"))),
            DER.sequence(DER.commonName, DER.utf8("x")), [0x31], [0x31, 0x05, 0x00], [0x31, 0x80, 0x00, 0x00],
            DER.set(DER.sequence(DER.element(0x06, []), DER.utf8("x"))),
            DER.set(DER.sequence(DER.element(0x06, [0x55, 0x80, 0x03]), DER.utf8("x"))),
            DER.set(DER.sequence(DER.element(0x06, [0x55, 0x84]), DER.utf8("x"))),
            DER.set(DER.sequence(DER.element(0x06, [UInt8](repeating: 0xFF, count: 11) + [0x7F]), DER.utf8("x"))),
            // The length in more bytes than need be.
            [0x31, 0x81, 0x0A] + Array(DER.name(DER.commonName, DER.utf8("b"))[2...]),
            [0x31, 0x82, 0x00, 0x0A] + Array(DER.name(DER.commonName, DER.utf8("b"))[2...]),
        ] as [[UInt8]])
    func `what is no name in DER is no subject`(_ name: [UInt8]) {
        #expect(text(name) == nil)
    }

    @Test func `what is no certificate is refused`() {
        let whole = DER.certificate(subject: DER.name(DER.commonName, DER.utf8("x")))
        #expect(CertificateSubject(ofCertificate: whole) != nil)
        #expect(CertificateSubject(ofCertificate: whole + [0]) == nil)
        for count in 0..<whole.count { #expect(CertificateSubject(ofCertificate: Array(whole[..<count])) == nil) }
    }

    @Test func `a damaged certificate is read or refused, and never another subject without another byte`() {
        var random = SplitMix64()
        let subject =
            DER.name(DER.organization, DER.utf8("Acme")) + DER.name(DER.commonName, DER.utf8("billing, دیوار"))
        let whole = DER.certificate(subject: subject)
        for number in 0..<20_000 {
            var bytes = whole
            for _ in 0...random.below(3) {
                let index = random.below(bytes.count)
                switch random.below(4) {
                case 0: bytes[index] = UInt8(random.below(256))
                case 1: bytes[index] ^= 1 << UInt8(random.below(8))
                case 2: bytes.insert(UInt8(random.below(256)), at: index)
                default: bytes.remove(at: index)
                }
            }
            let read = CertificateSubject(ofCertificate: bytes)
            // One text, one name: what is read twice is the same, and separators are only those that were put there.
            #expect(read == CertificateSubject(ofCertificate: bytes), "\(replay(number))")
            let controls = read?.text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ?? false
            #expect(!controls, "\(replay(number))")
        }
    }

    @Test func `random bytes do no harm`() {
        var random = SplitMix64()
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(64)).map { _ in
                random.chance(1, in: 2)
                    ? random.element(of: [0x30, 0x31, 0x06, 0x02, 0xA0, 0x82, 0x03, 0]) : UInt8(random.below(256))
            }
            _ = CertificateSubject(ofCertificate: bytes)
        }
    }
}
