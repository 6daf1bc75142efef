/// An HTTP/1.1 answer, read from bytes as strictly as the tests need it.
struct RawResponse: Sendable, Equatable {
    var status: Int
    var fields: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    static func == (left: RawResponse, right: RawResponse) -> Bool {
        left.status == right.status && left.body == right.body && left.fields.elementsEqual(right.fields, by: ==)
    }

    /// Reads one answer from the front of the bytes and takes it off; nil where it is not whole yet.
    ///
    /// - Parameter hasBody: false for the answer to a HEAD request.
    static func take(from bytes: inout ArraySlice<UInt8>, hasBody: Bool = true) -> RawResponse? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let statusLine = lines[0].split(separator: " ", maxSplits: 2)
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else { return nil }
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1].trimmingPrefix(" ")) : "")
        }
        var response = RawResponse(status: status, fields: fields, body: [])
        let isInformational = (100..<200).contains(status)
        let length = hasBody && !isInformational ? response["Content-Length"].flatMap { Int($0) } ?? 0 : 0
        let rest = bytes[end.upperBound...]
        guard rest.count >= length else { return nil }
        response.body = Array(rest.prefix(length))
        bytes = rest.dropFirst(length)
        return response
    }
}
