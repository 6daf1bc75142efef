import HTTPWire
import Testing

@testable import Sandbox

@Suite struct MultipartReaderTests {
    private static let type = "multipart/form-data; boundary=XX"

    private static func parts(_ body: String, type: String? = type) throws(MultipartError) -> [MultipartPart] {
        try MultipartReader.parts(of: Array(body.utf8), contentType: type)
    }

    private static func file(_ content: String, disposition: String = #"form-data; name="file"; filename="a.png""#)
        -> String
    {
        "--XX\r\nContent-Disposition: \(disposition)\r\nContent-Type: image/png\r\n\r\n\(content)\r\n--XX--\r\n"
    }

    @Test func `a form with a field and a file comes apart`() throws {
        let body =
            "--XX\r\ncontent-disposition:form-data;name=note\r\n\r\nhello\r\n"
            + "--XX\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
            + "\r\n\r\n-\r\n--X\r\n--XX--"
        let parts = try MultipartReaderTests.parts(body)
        #expect(parts.map(\.name) == ["note", "file"])
        #expect(parts.map(\.filename) == [nil, "a.png"])
        #expect(parts.map { String(decoding: $0.content, as: UTF8.self) } == ["hello", "\r\n-\r\n--X"])
    }

    @Test func `a part may be empty`() throws {
        #expect(try MultipartReaderTests.parts(MultipartReaderTests.file("")).first?.content.isEmpty == true)
        let bare = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--"
        #expect(try MultipartReaderTests.parts(bare).first?.content.isEmpty == true)
    }

    @Test func `every byte can stand in a file`() throws {
        let content = (0..<4096).map { UInt8(truncatingIfNeeded: $0) }
        let body = Array(MultipartReaderTests.file("\u{1}").utf8).split(separator: 1).map(Array.init)
        let parts = try MultipartReader.parts(of: body[0] + content + body[1], contentType: MultipartReaderTests.type)
        #expect(parts.first.map { Array($0.content) } == content)
    }

    @Test(
        arguments: [
            ("multipart/form-data; boundary=XX", "XX"), ("Multipart/Form-Data;boundary=\"a b\"", "a b"),
            ("multipart/form-data; charset=utf-8; Boundary=----x", "----x"), ("multipart/form-data", nil),
            ("multipart/form-data; boundary=", nil), ("multipart/form-data; boundary=\"\"", nil),
            ("multipart/mixed; boundary=XX", nil), ("application/json", nil), ("", nil),
            ("multipart/form-data; boundary=\"a \"", nil), ("multipart/form-data; boundary=\"a\u{e9}\"", nil),
            ("multipart/form-data; boundary=a; boundary=b", nil), ("multipart/form-data; boundary=\"open", nil),
            ("multipart/form-data boundary=XX", nil),
        ] as [(String, String?)])
    func `the boundary comes from the media type`(type: String, boundary: String?) {
        #expect(MultipartReader.boundary(in: type) == boundary)
    }

    @Test func `a boundary has at most 70 characters`() {
        func type(_ count: Int) -> String { "multipart/form-data; boundary=" + String(repeating: "x", count: count) }
        #expect(MultipartReader.boundary(in: type(70)) != nil)
        #expect(MultipartReader.boundary(in: type(71)) == nil)
    }

    @Test(arguments: [
        ("", MultipartError.noFirstBoundary), ("preamble\r\n--XX--", .noFirstBoundary),
        ("\r\n--XX--", .noFirstBoundary),
        ("--XX", .badBoundaryLine), ("--XX \r\n", .badBoundaryLine), ("--XXY\r\n", .badBoundaryLine),
        ("--XX\r\n", .badHeader), ("--XX\r\n\r\ncontent\r\n--XX--", .badHeader),
        ("--XX\r\nContent-Type: a/b\r\n\r\nx\r\n--XX--", .badHeader),
        ("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", .badHeader),
        ("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--XX--", .badHeader),
        ("--XX\r\nnonsense\r\n\r\nx\r\n--XX--", .badHeader),
        (
            "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\nx\r\n--XX--",
            .badHeader
        ),
        ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx", .unterminated),
        ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\n--XX--", .unterminated),
        ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XX", .badBoundaryLine),
        ("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XXY\r\n--XX--", .badBoundaryLine),
        ("--XX--\r\nepilogue", .trailingBytes), ("--XX--\r\n\r\n", .trailingBytes),
    ])
    func `a form that two readers could read in two ways is refused`(body: String, error: MultipartError) {
        #expect(throws: error) { try MultipartReaderTests.parts(body) }
    }

    @Test func `no media type is no form`() {
        #expect(throws: MultipartError.notMultipart) { try MultipartReaderTests.parts("--XX--", type: nil) }
    }

    @Test func `the number of parts and their header sections have limits`() throws {
        let part = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n"
        let most = String(repeating: part, count: SandboxLimits.multipartParts)
        #expect(try MultipartReaderTests.parts(most + "--XX--").count == SandboxLimits.multipartParts)
        #expect(throws: MultipartError.tooManyParts) { try MultipartReaderTests.parts(most + part + "--XX--") }
        let padding = String(repeating: "x", count: SandboxLimits.multipartHeaderBytes)
        #expect(throws: MultipartError.headerTooLarge) {
            try MultipartReaderTests.parts(MultipartReaderTests.file("x", disposition: "form-data; name=\(padding)"))
        }
    }

    @Test func `a file's name may have quotes, spaces and Persian letters`() throws {
        let body = MultipartReaderTests.file("x", disposition: #"form-data; name="file"; filename="نام \"دو\" .png""#)
        #expect(try MultipartReaderTests.parts(body).first?.filename == #"نام "دو" .png"#)
    }

    @Test func `a pattern is found where a plain search finds it`() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let text = (0..<40).map { _ in UInt8.random(in: 0...2, using: &generator) }
            let sought = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                UInt8.random(in: 0...2, using: &generator)
            }
            let start = Int.random(in: 0...41, using: &generator)
            let expected = (start..<max(start, 41)).first { Array(text.dropFirst($0).prefix(sought.count)) == sought }
            #expect(BytePattern(sought).firstOffset(in: text, from: start) == expected, "seed \(seed)")
        }
    }
}
