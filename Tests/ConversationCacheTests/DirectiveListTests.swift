@testable import ConversationCache
import SeededCases
import Testing

/// RFC 9111 section 5.2 and RFC 9110 section 5.6: lists of directives.
@Suite struct DirectiveListTests {
    /// A field, and its directives as `name` or `name|value`.
    @Test(
        arguments: [
            ("", []), (" ", []), (",", []), (" , ,\t,, ", []), ("a", ["a"]), ("A-B", ["a-b"]), ("a,b", ["a", "b"]),
            (" a ,\tb\t", ["a", "b"]), ("a,,b", ["a", "b"]), ("a,a", ["a", "a"]),
            ("a=1", ["a|1"]), ("a=1,b=2", ["a|1", "b|2"]), ("a=", ["a|"]), ("a=1=2", ["a|1=2"]), ("a = 1", ["a|1"]),
            ("A=B", ["a|B"]), ("=", []), ("=1", []), (" =1, b", ["b"]),
            (#"a="1""#, ["a|1"]), (#"a="""#, ["a|"]), (#"a=" 1 ""#, ["a| 1 "]), (#"a="1,2",b"#, ["a|1,2", "b"]),
            (#"a="1, no-store=2",b=3"#, ["a|1, no-store=2", "b|3"]), (#"a="\"",b"#, [#"a|""#, "b"]),
            (#"a="\\",b"#, [#"a|\"#, "b"]), (#"a="\\\"",b"#, [#"a|\""#, "b"]), (#"a="\,",b"#, ["a|,", "b"]),
            (#"a="\1\2",b"#, ["a|12", "b"]), (#"a="1" , b"#, ["a|1", "b"]), (#"a=\,b"#, [#"a|\"#, "b"]),
            // Neither a token nor a quoted string stays what it is.
            (#"a="1"2"#, [#"a|"1"2"#]), (#"a=1"2""#, [#"a|1"2""#]), (#"a="1"#, [#"a|"1"#]), (#"a=""#, [#"a|""#]),
            ("a=é,b", ["a|é", "b"]), ("é", ["é"]), ("a b", ["a b"]), ("a;b,c", ["a;b", "c"]),
            ("a\n,b", ["a\n", "b"]), ("\u{0},a", ["\u{0}", "a"]),
        ] as [(String, [String])])
    func `a list is taken apart at its commas, but not in quotes`(field: String, directives: [String]) {
        let read = DirectiveList.directives(of: field).map { name, value in value.map { name + "|" + $0 } ?? name }
        #expect(read == directives)
    }

    private static let names = ["no-store", "No-Cache", "max-age", "MIN-FRESH", "x", "a_b", "stale-if-error"]
    private static let values = ["", "0", "5", "a,b", "no-store, no-cache", "\"", "\\", "\\\"", " ", "=", "é", ",,"]
    private static let gaps = ["", " ", "\t", "  "]

    private func quoted(_ value: String) -> String {
        "\"" + value.flatMap { "\"\\".contains($0) ? ["\\", $0] : [$0] } + "\""
    }

    @Test func `what is written by the grammar is read`() {
        var random = SplitMix64()
        for number in 0..<5_000 {
            let members = (0..<random.below(6)).map { _ in
                (
                    Self.names.randomElement(using: &random) ?? "",
                    random.chance(1, in: 2)
                        ? Self.values.randomElement(using: &random) : nil
                )
            }
            let texts = members.map { name, value in
                let gap = random.element(of: Self.gaps)
                return gap + name + (value.map { "=" + quoted($0) } ?? "") + random.element(of: Self.gaps)
            }
            let field = texts.joined(separator: random.element(of: [",", ",,", ", ,"]))
            let read = DirectiveList.directives(of: field)
            #expect(read.map(\.name) == members.map { $0.0.lowercased() }, "\(replay(number)): \(field)")
            #expect(read.map(\.value) == members.map(\.1), "\(replay(number)): \(field)")
        }
    }

    @Test func `any bytes are read as something`() {
        var random = SplitMix64()
        let pieces = Array(#"=,"\ az-019"#.utf8) + [0, 9, 0x7F, 0x80, 0xC3, 0xA9, 0xE2, 0xF0, 0xFF]
        for number in 0..<20_000 {
            let bytes = (0..<random.below(24)).map { _ in
                random.chance(1, in: 8) ? UInt8(random.below(256)) : random.element(of: pieces)
            }
            let field = String(decoding: bytes, as: UTF8.self)
            for (name, value) in DirectiveList.directives(of: field) {
                #expect(!name.isEmpty && (value?.utf8.count ?? 0) <= field.utf8.count, "\(replay(number))")
            }
            let control = CacheControl(field)
            let seconds = [
                control.maxAge, control.minFresh, control.staleWhileRevalidate, control.staleIfError,
            ]
            #expect(
                seconds.allSatisfy { (0...CacheControl.maximumSeconds).contains($0 ?? 0) },
                "\(replay(number)): \(field)")
        }
    }

    @Test func `a long field is read in one go`() {
        let field = Array(repeating: #"a="\"\"\",",b=1"#, count: 20_000).joined(separator: ",")
        #expect(DirectiveList.directives(of: field).count == 40_000)
    }
}
