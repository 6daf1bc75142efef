import SeededCases
import Messaging
import Testing

/// One path segment, both ways.
@Suite struct PercentEncodingTests {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a b", "a%20b"), ("a+b", "a%2Bb"), ("a/b", "a%2Fb"), ("a=b", "a%3Db"), ("%", "%25"),
        ("%41", "%2541"), ("..", ".."), ("é", "%C3%A9"), ("س", "%D8%B3"), ("😀", "%F0%9F%98%80"), ("\u{0}", "%00"),
        ("a\r\n", "a%0D%0A"), ("~-._", "~-._"), ("?#&", "%3F%23%26"), ("e\u{301}", "e%CC%81"),
    ])
    func `a text has one encoding`(_ text: String, _ encoded: String) {
        #expect(PercentEncoding.encoded(text) == encoded)
        #expect(PercentEncoding.decoded(encoded).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func `of all ASCII characters exactly the unreserved ones stay as they are`() {
        for byte in UInt8(0)..<0x80 {
            let text = String(Unicode.Scalar(byte))
            let encoded = PercentEncoding.encoded(text)
            #expect((encoded == text) == PercentEncodingTests.unreserved.contains(byte), "byte \(byte)")
            #expect(PercentEncoding.decoded(encoded) == text)
            #expect(encoded.utf8.allSatisfy { PercentEncodingTests.unreserved.contains($0) || $0 == 0x25 })
        }
    }

    @Test func `random texts come back`() {
        var random = SplitMix64()
        for number in 0..<2_000 {
            var text = ""
            for _ in 0..<random.below(20) {
                let scalar = Unicode.Scalar(UInt32(random.below(random.chance(1, in: 2) ? 0x80 : 0x11_0000)))
                if let scalar { text.unicodeScalars.append(scalar) }
            }
            let encoded = PercentEncoding.encoded(text)
            #expect(PercentEncoding.decoded(encoded).map { Array($0.utf8) } == Array(text.utf8), "\(replay(number))")
            #expect(!encoded.utf8.contains(0x2F), "\(replay(number))")
        }
    }

    @Test func `hexadecimal digits of either case are read`() {
        #expect(PercentEncoding.decoded("%c3%a9") == "é")
        #expect(PercentEncoding.decoded("%C3%a9") == "é")
        #expect(PercentEncoding.decoded("%7e") == "~")
        #expect(PercentEncoding.decoded("%41%42") == "AB")
    }

    @Test(arguments: [
        "%", "%4", "a%", "a%4", "%%", "%4%41", "%g1", "%1g", "%-1", "%+1", "% 1", "%0x41", "%٤١", "%４１", "%é",
        " ", "a b", "a+b", "a/b", "a?b", "a#b", "a&b", "a=b", "a:b", "a@b", "a;b", "a,b", "a!b", "a*b", "a'b", "a(b)",
        "\"", "<", ">", "[", "]", "{", "}", "|", "\\", "^", "`", "\u{0}", "\u{7F}", "\n", "é", "س", "a\u{301}",
        // Triplets that are no UTF-8: cut, overlong, surrogate, beyond the last scalar.
        "%80", "%C3", "%C3a", "%FF", "%C0%AF", "%E0%80%AF", "%ED%A0%80", "%F4%90%80%80", "%D8", "a%D8b",
    ])
    func `what is not the encoding of a text is refused`(_ text: String) {
        #expect(PercentEncoding.decoded(text) == nil)
    }

    @Test func `a part of a longer text can be decoded`() {
        let path = "/v1/%D8%B3/x"
        let part = path.split(separator: "/")[1]
        #expect(PercentEncoding.decoded(part) == "س")
    }
}
