import DivarAPI
import Testing

/// Paths with one identifier in them, both ways.
@Suite struct PathTemplateTests {
    private let template = PathTemplate("/v1/things/{thing_id}/parts")
    private let fixed = PathTemplate("/v1/upload")

    @Test func `a template is its segments`() {
        #expect(
            template.segments == [.literal("v1"), .literal("things"), .identifier("thing_id"), .literal("parts")]
        )
        #expect(template.description == "/v1/things/{thing_id}/parts")
        #expect(fixed.description == "/v1/upload")
    }

    @Test(arguments: ["a", "A1", "a.b", "...", ".a", "a/b", "a%b", "a b", "سلام", "a\u{0}b", "é", "e\u{301}", "?", "#"])
    func `an identifier comes back from its path`(_ identifier: String) throws {
        let path = try #require(template.path(identifier: identifier))
        #expect(path.split(separator: "/", omittingEmptySubsequences: false).count == 5)
        #expect(path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3F && $0 != 0x23 })
        let back = try #require(template.identifier(in: path))
        #expect(Array(back.utf8) == Array(identifier.utf8))
    }

    @Test(arguments: ["", ".", ".."])
    func `an identifier that would be no segment of its own is refused`(_ identifier: String) {
        #expect(template.path(identifier: identifier) == nil)
    }

    @Test func `a template without an identifier takes none`() {
        #expect(fixed.path() == "/v1/upload")
        #expect(fixed.path(identifier: "x") == nil)
        #expect(template.path() == nil)
        #expect(fixed.identifier(in: "/v1/upload") == "")
        #expect(fixed.identifier(in: "/v1/upload/") == nil)
        #expect(fixed.identifier(in: "/v1/upload/x") == nil)
    }

    @Test(arguments: [
        "", "/", "//", "/v1", "/v1/things", "/v1/things/", "/v1/things/a", "/v1/things/a/", "/v1/things/a/parts/",
        "/v1/things/a/parts/x", "v1/things/a/parts", "//v1/things/a/parts", "/v1//things/a/parts", "/v1/things//parts",
        "/v1/things/a//parts", "/v2/things/a/parts", "/V1/things/a/parts", "/v1/Things/a/parts", "/v1/things/a/part",
        "/v1/things/a/parts?x=1", "/v1/things/a/parts#x", "/v1/things/a/parts ", " /v1/things/a/parts",
        "/x/../v1/things/a/parts",
        // Dot segments, plain and encoded.
        "/v1/things/./parts", "/v1/things/../parts", "/v1/things/%2e/parts", "/v1/things/%2E%2e/parts",
        "/v1/things/.%2E/parts", "/v1/./things/a/parts",
        // Encoded where a literal stands.
        "/v1/%74hings/a/parts", "/v1%2Fthings/a/parts", "/v1/things%2Fa/parts", "/v1/things/a%2Fparts",
        // What is no encoding.
        "/v1/things/%/parts", "/v1/things/%4/parts", "/v1/things/%zz/parts", "/v1/things/a+b/parts",
        "/v1/things/a b/parts", "/v1/things/a=b/parts", "/v1/things/é/parts", "/v1/things/%FF/parts",
        "/v1/things/%C0%AE/parts", "/v1/things/a\u{0}/parts", "/v1/things/a;x=1/parts", "/v1/things/{thing_id}/parts",
        "\\v1\\things\\a\\parts", "http://host/v1/things/a/parts", "/v1/things/a\u{338}/parts",
    ])
    func `a path of another form is refused`(_ path: String) {
        #expect(template.identifier(in: path) == nil)
    }

    /// A slash that is encoded stays a part of the identifier and never becomes a segment.
    @Test(arguments: [
        ("a%2Fb", "a/b"), ("a%2fb", "a/b"), ("%2F", "/"), ("..%2F..", "../.."), ("%2e%2e%2e", "..."), ("%41", "A"),
    ])
    func `an encoded identifier is decoded once`(_ encoded: String, _ identifier: String) {
        #expect(template.identifier(in: "/v1/things/\(encoded)/parts") == identifier)
        #expect(template.identifier(in: "/v1/things/%25\(encoded.dropFirst())/parts") != identifier)
    }
}
