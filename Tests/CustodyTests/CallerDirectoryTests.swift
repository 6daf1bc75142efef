import Custody
import Messaging
import Testing

@Suite struct CallerDirectoryTests {
    private let caller = Caller(name: CallerName("billing")!, app: AppName("shop")!, permissions: [.send])

    @Test func `a caller is known by its key and by no other`() {
        let key = Secret("dgw_right")
        let directory = CallerDirectory(callers: [CallerKeyDigest(of: key): caller])
        #expect(directory.caller(presenting: key) == caller)
        #expect(directory.caller(presenting: Secret("dgw_righT")) == nil)
        #expect(directory.caller(presenting: Secret(CallerKeyDigest(of: key).hexadecimal)) == nil)
        #expect(directory.caller(presenting: nil) == nil)
    }

    @Test func `without callers everybody is one caller`() {
        let directory = CallerDirectory(everybodyIs: caller)
        #expect(directory.caller(presenting: nil) == caller)
        #expect(directory.caller(presenting: Secret("anything")) == caller)
    }

    @Test func `a directory without entries admits nobody`() {
        #expect(CallerDirectory(callers: [:]).caller(presenting: Secret("")) == nil)
    }

    @Test func `a digest is the SHA-256 that other programs compute`() {
        // FIPS 180-2, appendix B.1.
        let digest = CallerKeyDigest(of: Secret("abc"))
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(digest.hexadecimal == expected)
        #expect(CallerKeyDigest(hexadecimal: expected.uppercased()) == digest)
        #expect(CallerKeyDigest(hexadecimal: String(expected.dropLast())) == nil)
        #expect(CallerKeyDigest(hexadecimal: expected + "00") == nil)
        #expect(CallerKeyDigest(hexadecimal: "g" + expected.dropFirst()) == nil)
    }

    @Test func `a made key has 256 random bits behind a prefix and fits a header`() {
        var generator = SystemRandomNumberGenerator()
        let keys = (0..<100).map { _ in CallerKey.make(using: &generator).withExposedText { $0 } }
        #expect(Set(keys).count == 100)
        for key in keys {
            #expect(key.hasPrefix("dgw_"))
            #expect(key.utf8.count == 4 + 43)
            #expect(key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        }
    }
}
