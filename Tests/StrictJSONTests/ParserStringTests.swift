import StrictJSON
import Testing

/// Strings: escapes, surrogates, control characters and UTF-8.
@Suite struct ParserStringTests {
    @Test(
        arguments: [
            (#""\"""#, [0x22]), (#""\\""#, [0x5C]), (#""\/""#, [0x2F]), (#""\b""#, [0x08]), (#""\f""#, [0x0C]),
            (#""\n""#, [0x0A]), (#""\r""#, [0x0D]), (#""\t""#, [0x09]), (#""\u0000""#, [0x00]), (#""\u001f""#, [0x1F]),
            (#""\u0041""#, [0x41]), (#""\u00e9""#, [0xE9]), (#""\u00E9""#, [0xE9]), (#""\u200c""#, [0x200C]),
            (#""\u0633\u0644\u0627\u0645""#, [0x633, 0x644, 0x627, 0x645]), (#""\ud7ff""#, [0xD7FF]),
            (#""\ue000""#, [0xE000]), (#""\ufffe\uffff""#, [0xFFFE, 0xFFFF]), (#""\ud83d\ude00""#, [0x1F600]),
            (#""\uD83D\uDE00""#, [0x1F600]), (#""\ud800\udc00""#, [0x10000]), (#""\udbff\udfff""#, [0x10FFFF]),
            (#""\ud83d\ude00\ud83d\ude01""#, [0x1F600, 0x1F601]), (#""a\u0062c""#, [0x61, 0x62, 0x63]),
            (#""\\u0041""#, [0x5C, 0x75, 0x30, 0x30, 0x34, 0x31]), (#""\\\"""#, [0x5C, 0x22]),
            (#""سلام\n\u0633""#, [0x633, 0x644, 0x627, 0x645, 0x0A, 0x633]), (#""\u0065\u0301""#, [0x65, 0x301]),
        ] as [(String, [UInt32])])
    func `an escape stands for its scalar`(_ text: String, _ scalars: [UInt32]) throws {
        #expect(hasScalars(try parse(text).stringValue, scalars))
    }

    @Test(arguments: [
        #""\a""#, #""\v""#, #""\0""#, #""\x41""#, #""\'""#, #""\U0041""#, #""\N""#, #""\ ""#, #""\é""#, #""\u""#,
        #""\u0""#, #""\u00""#, #""\u004""#, #""\u004g""#, #""\ug041""#, #""\u 041""#, #""\u-041""#, #""\u+041""#,
        #""\u{41}""#, #""\u００４１""#, #""\u0x41""#, "\"\\\n\"", "\"\\\u{0}\"", #""\u004é""#,
    ])
    func `an escape that JSON does not have is refused`(_ text: String) {
        #expect(refusal(of: text)?.reason == .invalidEscape)
    }

    @Test(arguments: [#""\"#, #""\""#, #""\u"#, #""\u0"#, #""\u00"#, #""\u004"#, #""\u0041"#, #""\ud800\u"#])
    func `a string that ends inside an escape is refused`(_ text: String) {
        #expect(refusal(of: text)?.reason == .unexpectedEnd)
    }

    @Test(arguments: [
        #""\ud800""#, #""\udbff""#, #""\udc00""#, #""\udfff""#, #""\ud800a""#, #""\ud800 \udc00""#, #""\ud800\n""#,
        #""\udc00\ud800""#, #""\ud83d\\ude00""#, #""a\ud800b""#, #""\ud800\\""#, #""\ud800\"x""#, #""\udc00\udc00""#,
    ])
    func `a lone surrogate is refused`(_ text: String) {
        #expect(refusal(of: text)?.reason == .loneSurrogate)
    }

    /// In a process of its own: what comes from a caller must not stop the gateway.
    @Test func `a high surrogate before anything but a low one is refused`() async {
        await #expect(processExitsWith: .success) {
            let seconds = ["0000", "0041", "00e9", "0fff", "1234", "d7ff", "d800", "d83d", "dbff", "e000", "ffff"]
            for first in ["d800", "D83D", "dbff"] {
                for second in seconds {
                    #expect(refusal(of: "\"\\u\(first)\\u\(second)\"")?.reason == .loneSurrogate)
                    #expect(refusal(of: "{\"\\u\(first)\\u\(second)\":1}")?.reason == .loneSurrogate)
                }
            }
        }
    }

    @Test func `every surrogate pair stands for its scalar`() throws {
        for first in stride(from: UInt32(0xD800), through: 0xDBFF, by: 37) {
            for second in stride(from: UInt32(0xDC00), through: 0xDFFF, by: 41) {
                let text = "\"\\u\(String(first, radix: 16))\\u\(String(second, radix: 16))\""
                let scalar = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                #expect(hasScalars(try parse(text).stringValue, [scalar]))
            }
        }
    }

    @Test(arguments: UInt8(0)..<0x20)
    func `a control character has to be escaped`(_ byte: UInt8) {
        let early = refusal(of: [0x22, byte, 0x22])
        #expect(early?.reason == .controlCharacter)
        #expect(early?.offset == 1)
        let afterEscape = refusal(of: Array(#""\n"#.utf8) + [byte, 0x22])
        #expect(afterEscape?.reason == .controlCharacter)
        #expect(afterEscape?.offset == 3)
        #expect(refusal(of: Array("{\"".utf8) + [byte] + Array("\":1}".utf8))?.reason == .controlCharacter)
    }

    static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98], [0xF0, 0x28, 0x8C],
        // Overlong forms of `/`, NUL and U+FFFF.
        [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xC0, 0x80],
        // Surrogates, beyond U+10FFFF, and bytes that UTF-8 never has.
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xFF, 0xFE],
    ]

    @Test(arguments: brokenUTF8)
    func `broken UTF-8 in a string is refused`(_ broken: [UInt8]) {
        let quoted = [0x22] + broken + [0x22]
        #expect(refusal(of: quoted)?.reason == .invalidUTF8)
        #expect(refusal(of: Array("[\"a".utf8) + broken + Array("\"]".utf8))?.reason == .invalidUTF8)
        #expect(refusal(of: Array(#"{"\t"#.utf8) + broken + Array("\":1}".utf8))?.reason == .invalidUTF8)
        #expect(refusal(of: Array(#""\u0041"#.utf8) + broken + Array(#"\u0041""#.utf8))?.reason == .invalidUTF8)
    }

    @Test(arguments: brokenUTF8)
    func `broken UTF-8 outside a string is refused`(_ broken: [UInt8]) {
        #expect(refusal(of: broken) != nil)
        #expect(refusal(of: Array("[1,".utf8) + broken + Array("]".utf8)) != nil)
        #expect(refusal(of: Array("{}".utf8) + broken) != nil)
    }

    /// An escape must not complete what raw bytes began.
    @Test func `halves of a scalar do not join across an escape`() {
        #expect(refusal(of: [0x22, 0xC3] + Array(#"\u00a9""#.utf8))?.reason == .invalidUTF8)
        #expect(refusal(of: Array(#""\u00c3"#.utf8) + [0xA9, 0x22])?.reason == .invalidUTF8)
        #expect(refusal(of: Array(#""\ud83d"#.utf8) + [0xED, 0xB8, 0x80, 0x22])?.reason == .invalidUTF8)
    }

    @Test func `a byte order mark is refused`() {
        let refused = refusal(of: [0xEF, 0xBB, 0xBF] + Array("{}".utf8))
        #expect(refused?.reason == .unexpectedCharacter)
        #expect(refused?.offset == 0)
        #expect(refusal(of: [0xFE, 0xFF, 0x00, 0x31]) != nil)
        #expect(refusal(of: [0x31, 0x00]) != nil)
        #expect(refusal(of: [0x22, 0xEF, 0xBB, 0xBF, 0x22]) == nil)
    }

    @Test(arguments: [
        "می‌خواهم", "سلام 👋🏽", "\u{202B}متن\u{202C}", "\u{2066}abc\u{2069}\u{200F}", "👨‍👩‍👧‍👦", "e\u{301}", "\u{e9}",
        "\u{FFFD}", "\u{10FFFF}", "ﷺ", "۱۲۳", "ي ك", "\u{1F1EE}\u{1F1F7}",
    ])
    func `text comes out with the bytes it went in with`(_ text: String) throws {
        let value = try parse("\"\(text)\"")
        #expect(try #require(value.stringValue).hasSameBytes(as: text))
        #expect(JSONWriter.bytes(value) == Array("\"\(text)\"".utf8))
    }
}
