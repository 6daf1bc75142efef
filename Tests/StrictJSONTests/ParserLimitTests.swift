@testable import StrictJSON
import Testing

/// How deep values may nest, and where an error is said to stand.
@Suite struct ParserLimitTests {
    private func nested(_ depth: Int, open: String = "[", close: String = "]", around: String = "") -> String {
        String(repeating: open, count: depth) + around + String(repeating: close, count: depth)
    }

    @Test(arguments: [1, 2, 64, 65, 500])
    func `values nest as deep as the limit and no deeper`(_ limit: Int) throws {
        #expect(refusal(of: nested(limit), maximumDepth: limit) == nil)
        let refused = try #require(refusal(of: nested(limit + 1), maximumDepth: limit))
        #expect(refused.reason == .tooDeep)
        #expect(refused.offset == limit)
        #expect(refusal(of: nested(limit, open: "{\"a\":", close: "}", around: "1"), maximumDepth: limit) == nil)
        let objects = nested(limit + 1, open: "{\"a\":", close: "}", around: "1")
        #expect(refusal(of: objects, maximumDepth: limit)?.reason == .tooDeep)
    }

    @Test func `the default depth is 64`() {
        #expect(JSONParser.defaultMaximumDepth == 64)
        #expect(refusal(of: nested(64)) == nil)
        #expect(refusal(of: nested(65))?.reason == .tooDeep)
    }

    @Test func `a limit of zero lets no container in`() {
        #expect(refusal(of: "1", maximumDepth: 0) == nil)
        #expect(refusal(of: "[]", maximumDepth: 0)?.reason == .tooDeep)
        #expect(refusal(of: "{}", maximumDepth: 0)?.reason == .tooDeep)
    }

    @Test func `siblings do not count as depth`() {
        let wide = "[" + Array(repeating: nested(63), count: 200).joined(separator: ",") + "]"
        #expect(refusal(of: wide) == nil)
        #expect(refusal(of: "[\(nested(63)),\(nested(64))]")?.reason == .tooDeep)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "{\"a\":["])
    func `a hundred thousand brackets are refused without harm`(_ open: String) {
        #expect(refusal(of: String(repeating: open, count: 100_000))?.reason == .tooDeep)
    }

    @Test func `brackets inside a string have no depth`() throws {
        let text = String(repeating: "[{", count: 50_000)
        #expect(try parse("\"\(text)\"") == .string(text))
    }

    @Test(
        arguments: [
            ("", JSONSyntaxError.Reason.emptyText, 0), ("   ", .emptyText, 3), ("x", .unexpectedCharacter, 0),
            ("[1,]", .unexpectedCharacter, 3), ("[1 2]", .unexpectedCharacter, 3), ("[1", .unexpectedEnd, 2),
            ("[", .unexpectedEnd, 1), ("{", .unexpectedEnd, 1), ("{\"a\"", .unexpectedEnd, 4),
            ("{\"a\":", .unexpectedEnd, 5), ("{\"a\" 1}", .unexpectedCharacter, 5),
            ("{\"a\":1,}", .unexpectedCharacter, 7),
            ("{a:1}", .unexpectedCharacter, 1), ("nul", .unexpectedEnd, 3), ("nulx", .unexpectedCharacter, 3),
            ("1 2", .trailingCharacters, 2), ("[]]", .trailingCharacters, 2), ("-", .invalidNumber, 1),
            ("-x", .invalidNumber, 1), ("1.x", .invalidNumber, 2), ("1e+", .invalidNumber, 3),
            ("01", .invalidNumber, 1),
            (".5", .unexpectedCharacter, 0), ("\"abc", .unexpectedEnd, 4), ("\"a\\x\"", .invalidEscape, 3),
            ("\"\\u00g0\"", .invalidEscape, 5), ("[\"a\tb\"]", .controlCharacter, 3),
            ("[true,flase]", .unexpectedCharacter, 7),
        ] as [(String, JSONSyntaxError.Reason, Int)])
    func `an error names its reason and the offset of the bad byte`(
        _ text: String, _ reason: JSONSyntaxError.Reason, _ offset: Int
    ) {
        #expect(refusal(of: text) == JSONSyntaxError(reason: reason, offset: offset))
    }

    /// The parser promises the offset of the first bad byte, not of the string around it.
    @Test(
        arguments: [
            ([0x22, 0x61, 0x62, 0xFF, 0x22], 3), ([0x22, 0xD8, 0xB3, 0xD8, 0x22], 3),
            ([0x22, 0x5C, 0x6E, 0x61, 0xFF, 0x22], 4),
            ([0x5B, 0x22, 0x22, 0x2C, 0x22, 0x61, 0xC0, 0xAF, 0x22, 0x5D], 6),
        ] as [([UInt8], Int)])
    func `broken UTF-8 is located`(_ bytes: [UInt8], _ offset: Int) {
        #expect(refusal(of: bytes) == JSONSyntaxError(reason: .invalidUTF8, offset: offset))
    }

    @Test func `an error says its reason and place in words`() {
        let error = JSONSyntaxError(reason: .tooDeep, offset: 7)
        #expect(error.description == "values are nested too deeply (at byte 7)")
    }
}
