import StrictJSON
import Testing

/// What RFC 8259 lets a text be, and what it does not.
@Suite struct ParserGrammarTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1234567890", "0.0", "0.5", "-0.5", "1.0", "12.34",
        "1e5", "1E5", "1e+5", "1e-5", "0e0", "0E+0", "-0.0e-0", "1.5e300", "123456789012345678901234567890",
        "1e999999999", "0.00000000000000000000000000000000000001", "1e00", "1e-00009", "\"\"", "\"a\"", "[]", "{}",
        "[ ]", "{ }", "[\n]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "{\"a\":1}", "{\"a\":{}}",
        "{\"a\":[]}", "{\"a\":1,\"b\":2}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"\":0}", "{\"a\":1,\"a\":2}",
        " 1 ", "\t1\t", "\n1\n", "\r1\r", " \t\r\n1\r\n\t ", "[null,true,false,0,\"\",[],{}]", "[1]\n",
        "\"\u{7F}\"", "\"\u{80}\"", "\"\u{2028}\u{2029}\"", "\"\u{FFFF}\"", "\"\u{FFFE}\"", "\"/\"", "\"\\/\"",
    ])
    func `a text of the grammar is taken`(_ text: String) {
        #expect(refusal(of: text) == nil)
    }

    @Test(arguments: [
        // Numbers.
        "+1", "-", "+", "--1", "-+1", "01", "00", "-01", "-00", "1.", "1.e1", ".5", "-.5", "1e", "1E", "1e+", "1e-",
        "1e+-1", "1e1.5", "1.2.3", "0x1", "0b1", "1_000", "1,000", "1 000", "NaN", "nan", "Infinity", "-Infinity",
        "inf", "1f", "1d", "1L", "1a", "- 1", "1 .5", "1e 5", "0e", "0.", "012", "0.1.", "1e1e1", "1ee1", "\u{0661}",
        "\u{FF11}", "-\u{FF11}", "1\u{0660}",
        // Words.
        "nul", "nulll", "tru", "truee", "True", "TRUE", "NULL", "False", "fals", "t", "f", "n", "undefined", "none",
        "null1", "nullnull", "true,", "true false",
        // Arrays and objects.
        "[", "]", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[\"a\"", "[[1]", "[1]]",
        "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{,\"a\":1}", "{\"a\"}",
        "{\"a\",\"b\"}", "{\"a\":}", "{:1}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{true:1}", "{[]:1}",
        "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "{\"a\":1:2}", "{\"a\"=1}", "{\"a\":1}}", "[}", "{]",
        "[1}", "{\"a\":1]", "[\"a\":1]", "{\"a\" 1}", "{{}}", "{[]}",
        // Strings.
        "\"", "\"a", "a\"", "'a'", "a", "\"a\"b", "\"a\" \"b\"", "`a`",
        // Around the text.
        "", " ", "\n\t\r ", "1 2", "[] []", "{} {}", "null,", ",null", ":", ",", "[]a", "{}\u{0}", "\u{0}[]", "[]\u{C}",
        "\u{B}1", "\u{C}1", "\u{A0}1", "1\u{A0}", "\u{2003}1", "\u{2028}1", "1\u{85}", "\u{FEFF}1", "1\u{FEFF}",
        "// c\n1", "1 // c", "/* c */ 1", "[1 /* c */]", "# c\n1", "1#", "<!-- -->1", "<html></html>", ")]}',\n[]",
    ])
    func `a text outside the grammar is refused`(_ text: String) {
        #expect(refusal(of: text) != nil)
    }

    @Test(arguments: [
        "0", "-0", "1.0", "1.50", "1e5", "1E5", "1E+05", "-0.0e-00", "9223372036854775808", "18446744073709551615",
        "1234567890123456789012345678901234567890.1234567890e-1234567890", "100000000000000000000",
    ])
    func `a number keeps the characters it was written with`(_ lexeme: String) throws {
        #expect(try parse(lexeme) == .number(lexeme))
        #expect(try parse(" [ \(lexeme) , \(lexeme) ] ") == .array([.number(lexeme), .number(lexeme)]))
        #expect(try parse("{\"n\":\(lexeme)}") == .object([JSONMember("n", .number(lexeme))]))
    }

    @Test func `members keep their order and their repetitions`() throws {
        let value = try parse(#"{"z":1,"a":2,"z":3,"":4,"a":2}"#)
        let members = try #require(value.objectMembers)
        #expect(members.map(\.name) == ["z", "a", "z", "", "a"])
        #expect(members.map(\.value.integerValue) == [1, 2, 3, 4, 2])
    }

    @Test func `elements keep their order and their kinds`() throws {
        let value = try parse(#"[null,true,false,-1,"x",[1],{"k":null}]"#)
        #expect(
            value
                == .array([
                    .null, .bool(true), .bool(false), .number("-1"), .string("x"), .array([.number("1")]),
                    .object([JSONMember("k", .null)]),
                ])
        )
    }

    @Test(arguments: ["null", "true", "false"])
    func `a word that is cut or altered anywhere is refused`(_ word: String) {
        for length in 0..<word.count {
            #expect(refusal(of: String(word.prefix(length))) != nil)
            var altered = Array(word.utf8)
            altered[length] ^= 0x20
            #expect(refusal(of: altered) != nil)
        }
    }

    /// Which single bytes may follow a whole number, by the grammar: white space only.
    @Test func `only white space may follow a whole text`() {
        for byte in UInt8.min...UInt8.max {
            let isWhitespace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            #expect((refusal(of: Array("{}".utf8) + [byte]) == nil) == isWhitespace, "byte \(byte)")
            #expect((refusal(of: [byte] + Array("{}".utf8)) == nil) == isWhitespace, "byte \(byte)")
        }
    }

    @Test func `of all single bytes only the digits are a text`() {
        for byte in UInt8.min...UInt8.max {
            let isDigit = (0x30...0x39).contains(byte)
            #expect((refusal(of: [byte]) == nil) == isDigit, "byte \(byte)")
        }
    }

    /// `[1,2]` with one byte more at each of its places: what is taken is exactly what the grammar says.
    @Test func `a byte put into an array is taken only where the grammar has it`() {
        let text = Array("[1,2]".utf8)
        var accepted: [Int: Set<UInt8>] = [:]
        for place in 0...text.count {
            for byte in UInt8.min...UInt8.max {
                let altered = text[..<place] + [byte] + text[place...]
                if refusal(of: Array(altered)) == nil { accepted[place, default: []].insert(byte) }
            }
        }
        let white = Set(" \t\r\n".utf8)
        let digits = Set("0123456789".utf8)
        let nonZero = digits.subtracting("0".utf8)
        #expect(accepted[0] == white)
        #expect(accepted[1] == white.union(nonZero).union("-".utf8))
        #expect(accepted[2] == white.union(digits))
        #expect(accepted[3] == white.union(nonZero).union("-".utf8))
        #expect(accepted[4] == white.union(digits))
        #expect(accepted[5] == white)
    }
}
