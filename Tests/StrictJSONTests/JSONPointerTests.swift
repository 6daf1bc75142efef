import StrictJSON
import Testing

/// Places in a text as RFC 6901 writes them.
@Suite struct JSONPointerTests {
    /// The first column has the names of RFC 6901 section 5.
    @Test(arguments: [
        ("", "/"), ("foo", "/foo"), ("a/b", "/a~1b"), ("c%d", "/c%d"), ("e^f", "/e^f"), ("g|h", "/g|h"),
        (#"i\j"#, #"/i\j"#), ("k\"l", "/k\"l"), (" ", "/ "), ("m~n", "/m~0n"), ("~1", "/~01"), ("~~//", "/~0~0~1~1"),
        ("0", "/0"), ("سلام", "/سلام"), ("/\u{338}", "/~1\u{338}"), ("~\u{301}", "/~0\u{301}"),
    ])
    func `a name is escaped`(_ name: String, _ text: String) {
        #expect(JSONPointer(name).description.hasSameBytes(as: text))
        #expect(JSONPointer().appending(name).description.hasSameBytes(as: text))
    }

    @Test func `the root is the empty text`() {
        #expect(JSONPointer().description == "")
    }

    @Test func `names and indices follow each other`() {
        let pointer = JSONPointer("buttons").appending(0).appending(12).appending("caption")
        #expect(pointer.description == "/buttons/0/12/caption")
        #expect(JSONPointer("a", "b").description == "/a/b")
        #expect("\(JSONPointer("a", "b"))" == "/a/b")
    }

    @Test func `appending leaves the pointer itself as it was`() {
        let pointer = JSONPointer("a")
        _ = pointer.appending("b")
        #expect(pointer == JSONPointer("a"))
        #expect(pointer.appending("b") == JSONPointer("a", "b"))
        #expect(JSONPointer("a/b") != JSONPointer("a", "b"))
    }
}
