/// Takes a `multipart/form-data` body apart, strictly (RFC 7578; RFC 2046 section 5.1).
///
/// No preamble, no epilogue but one line's end, no padding behind boundaries: no client of today writes them, and what
/// is read in two ways by two readers is no test of either.
struct MultipartReader {
    private let body: [UInt8]
    /// A line's end and the boundary: what ends a part.
    private let delimiter: BytePattern
    private var position = 0

    private static let lineEnd = BytePattern(Array("\r\n".utf8))
    private static let formEnd = BytePattern(Array("--".utf8))
    private static let headerEnd = BytePattern(Array("\r\n\r\n".utf8))

    /// The parts of a body of that media type, in their order.
    static func parts(of body: [UInt8], contentType: String?) throws(MultipartError) -> [MultipartPart] {
        guard let contentType, let boundary = boundary(in: contentType) else { throw .notMultipart }
        var reader = MultipartReader(body: body, boundary: boundary)
        return try reader.parts(boundary: boundary)
    }

    /// The boundary that a media type names, or nil where it is not of a form or names none that may be.
    static func boundary(in contentType: String) -> String? {
        guard let (type, parameters) = ParameterisedValue.parse(contentType), type == "multipart/form-data",
            let boundary = parameters["boundary"],
            (1...SandboxLimits.multipartBoundaryBytes).contains(boundary.utf8.count), boundary.last != " ",
            boundary.utf8.allSatisfy(isBoundaryByte)
        else { return nil }
        return boundary
    }

    private init(body: [UInt8], boundary: String) {
        self.body = body
        delimiter = BytePattern(Array("\r\n--\(boundary)".utf8))
    }

    private mutating func parts(boundary: String) throws(MultipartError) -> [MultipartPart] {
        let first = BytePattern(Array("--\(boundary)".utf8))
        guard first.stands(at: 0, in: body) else { throw .noFirstBoundary }
        position = first.count
        var parts: [MultipartPart] = []
        while !take(MultipartReader.formEnd) {
            guard take(MultipartReader.lineEnd) else { throw .badBoundaryLine }
            guard parts.count < SandboxLimits.multipartParts else { throw .tooManyParts }
            parts.append(try part())
        }
        _ = take(MultipartReader.lineEnd)
        guard position == body.count else { throw .trailingBytes }
        return parts
    }

    private mutating func part() throws(MultipartError) -> MultipartPart {
        guard let end = MultipartReader.headerEnd.firstOffset(in: body, from: position) else { throw .badHeader }
        guard end - position <= SandboxLimits.multipartHeaderBytes else { throw .headerTooLarge }
        guard let header = String(validating: body[position..<end], as: UTF8.self),
            let disposition = MultipartReader.disposition(in: header), let name = disposition["name"]
        else { throw .badHeader }
        let start = end + MultipartReader.headerEnd.count
        // An empty part's delimiter begins with the end of its header section.
        guard let close = delimiter.firstOffset(in: body, from: start - 2) else { throw .unterminated }
        position = close + delimiter.count
        return MultipartPart(
            name: name, filename: disposition["filename"], content: close < start ? [] : body[start..<close]
        )
    }

    /// The parameters of the one `Content-Disposition` that a part must have.
    private static func disposition(in header: String) -> [String: String]? {
        var found: [String: String]?
        for line in header.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            guard line[..<colon].lowercased() == "content-disposition" else { continue }
            guard found == nil, let (type, parameters) = ParameterisedValue.parse(line[line.index(after: colon)...]),
                type == "form-data"
            else { return nil }
            found = parameters
        }
        return found
    }

    private mutating func take(_ pattern: BytePattern) -> Bool {
        guard pattern.stands(at: position, in: body) else { return false }
        position += pattern.count
        return true
    }

    /// `bchars` of RFC 2046 section 5.1.1.
    private static func isBoundaryByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
