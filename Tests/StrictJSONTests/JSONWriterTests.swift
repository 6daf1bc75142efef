import StrictJSON
import Testing

/// Values as text: compact, in UTF-8, escaped where it must be and nowhere else.
@Suite struct JSONWriterTests {
    @Test(arguments: [
        (JSONValue.null, "null"), (.bool(true), "true"), (.bool(false), "false"), (.number("-1.50E+3"), "-1.50E+3"),
        (.string(""), "\"\""), (.array([]), "[]"), (.object([]), "{}"),
        (.array([.null, .array([.bool(true)])]), "[null,[true]]"),
        (
            .object([JSONMember("b", .number("1")), JSONMember("a", .object([])), JSONMember("b", .null)]),
            #"{"b":1,"a":{},"b":null}"#
        ),
    ])
    func `a value is written without spaces and in its order`(_ value: JSONValue, _ text: String) {
        #expect(JSONWriter.string(value) == text)
        #expect(JSONWriter.bytes(value) == Array(text.utf8))
    }

    @Test func `of all characters only quotation mark, backslash and controls are escaped`() throws {
        for number in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let written = JSONWriter.string(.string(String(scalar)))
            let expected =
                switch number {
                case 0x22: #""\"""#
                case 0x5C: #""\\""#
                case 0x09: #""\t""#
                case 0x0A: #""\n""#
                case 0x0D: #""\r""#
                case 0..<0x10: "\"\\u000\(String(number, radix: 16))\""
                case 0x10..<0x20: "\"\\u00\(String(number, radix: 16))\""
                default: "\"\(scalar)\""
                }
            #expect(written.hasSameBytes(as: expected), "U+\(String(number, radix: 16))")
            #expect(hasScalars(try parse(written).stringValue, [number]))
        }
    }

    @Test func `names are escaped as texts are`() throws {
        let value = JSONValue.object([JSONMember("a\"\\\n\u{1}ب", .string("\"\u{0}"))])
        #expect(JSONWriter.string(value) == #"{"a\"\\\n\u0001ب":"\"\u0000"}"#)
        #expect(sameBytes(try JSONParser.parse(JSONWriter.bytes(value)), value))
    }

    @Test func `a slash is left alone`() {
        #expect(JSONWriter.string(.string("https://divar.ir/a</script>")) == #""https://divar.ir/a</script>""#)
    }
}
