import StrictJSON
import Testing

/// What can be asked of a value, and which names are the same.
@Suite struct JSONValueTests {
    static let oneOfEach: [(value: JSONValue, kind: String)] = [
        (.null, "null"), (.bool(true), "a boolean"), (.number("1"), "a number"), (.string("1"), "a string"),
        (.array([.number("1")]), "an array"), (.object([JSONMember("a", .null)]), "an object"),
    ]

    @Test func `an accessor answers for its own kind only`() {
        for (value, kind) in JSONValueTests.oneOfEach {
            #expect((value.boolValue != nil) == (kind == "a boolean"))
            #expect((value.integerValue != nil) == (kind == "a number"))
            #expect((value.stringValue != nil) == (kind == "a string"))
            #expect((value.arrayValue != nil) == (kind == "an array"))
            #expect((value.objectMembers != nil) == (kind == "an object"))
            #expect((value["a"] != nil) == (kind == "an object"))
            #expect(value.kindName == kind)
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e2", nil), ("0.5", nil),
            ("123456789012345678901234567890", nil),
        ] as [(String, Int?)])
    func `an integer is one that is written as one and fits`(_ lexeme: String, _ expected: Int?) {
        #expect(JSONValue.number(lexeme).integerValue == expected)
    }

    @Test func `a name finds the first member of that name`() throws {
        let value = try parse(#"{"a":1,"b":2,"a":3}"#)
        #expect(value["a"] == .number("1"))
        #expect(value["b"] == .number("2"))
        #expect(value["c"] == nil)
        #expect(value["A"] == nil)
        #expect(value[""] == nil)
    }

    @Test func `names that are only canonically equivalent are different names`() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2,\"\u{212B}\":3,\"\u{C5}\":4}")
        #expect(value["\u{E9}"] == .number("1"))
        #expect(value["e\u{301}"] == .number("2"))
        #expect(value["\u{C5}"] == .number("4"))
        #expect(value["A\u{30A}"] == nil)
        #expect(value.repeatedMembers().isEmpty)
        #expect("\u{E9}".hasSameBytes(as: "\u{E9}"))
        #expect(!"\u{E9}".hasSameBytes(as: "e\u{301}"))
    }

    /// Equality backs comparisons of whole messages: two texts of different bytes are two messages.
    @Test func `values whose texts differ in their scalars are not equal`() {
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(JSONMember("\u{E9}", .null) != JSONMember("e\u{301}", .null))
        #expect(Set([JSONValue.string("\u{E9}"), .string("e\u{301}")]).count == 2)
    }

    @Test(
        arguments: [
            ("{}", []), (#"{"a":1}"#, []), (#"{"a":1,"a":2}"#, ["/a"]), (#"{"a":1,"a":2,"a":3}"#, ["/a", "/a"]),
            (#"{"a":{"b":1,"b":2}}"#, ["/a/b"]), (#"[{"a":1,"a":1}]"#, ["/0/a"]),
            (#"[0,{"x":[{"y":1,"y":2}]}]"#, ["/1/x/0/y"]), (#"{"a/b":1,"a/b":2,"~":0,"~":0}"#, ["/a~1b", "/~0"]),
            (#"{"":1,"":2}"#, ["/"]), (#"{"a":{"c":1,"c":1},"a":{"d":1,"d":1}}"#, ["/a/c", "/a", "/a/d"]),
            (#"{"a":1,"\u0061":2}"#, ["/a"]), (#"{"a":1,"A":2}"#, []), (#"[["a","a"]]"#, []), ("1", []), ("null", []),
            (#"{"a":"a","b":"a"}"#, []),
        ] as [(String, [String])])
    func `repeated members are found at every depth`(_ text: String, _ pointers: [String]) throws {
        #expect(try parse(text).repeatedMembers().map(\.description) == pointers)
    }

    /// Small objects are searched in another way than large ones.
    @Test(arguments: [2, 15, 16, 17, 40])
    func `a repeated member is found in objects of any size`(_ size: Int) throws {
        let names = (1...size).map { "\"member-\($0)\":\($0)" }
        #expect(try !parse("{" + names.joined(separator: ",") + "}").hasRepeatedMembers)
        for name in [names[0], names[size / 2], names[size - 1]] {
            let text = "[0,{" + (names + [name]).joined(separator: ",") + "}]"
            #expect(try parse(text).hasRepeatedMembers)
            #expect(try parse(text).repeatedMembers().count == 1)
        }
    }

    @Test func `ten thousand repeated members are found in reasonable time`() throws {
        let text = "{" + Array(repeating: "\"a\":1", count: 10_000).joined(separator: ",") + "}"
        #expect(try parse(text).repeatedMembers().count == 9_999)
    }
}
