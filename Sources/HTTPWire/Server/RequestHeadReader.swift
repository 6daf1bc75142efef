internal import NIOHTTP1

/// Turns the codec's head into ours and checks what HTTP asks of it (RFC 9112 sections 3, 6 and 9; RFC 9110 10.1.1).
struct RequestHeadReader {
    /// A violation as an error, for `Result`.
    struct Refusal: Error {
        let violation: ProtocolViolation
    }

    private(set) var result: Result<RequestHead, Refusal>
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private var isChunked = false

    /// Whether the codec reads nothing behind this request: neither behind a CONNECT nor behind an offer to upgrade,
    /// for it can't know that nobody takes it up.
    private(set) var stopsTheCodec = false

    /// Whether the body can be swallowed to keep the connection after an early answer. A client that waits for
    /// `100 Continue` may send its body or not, so there is nothing to wait for.
    var isSwallowable: Bool {
        !expectsContinue && !isChunked && contentLength.map { $0 <= ServerLimits.swallowedBodyBytes } ?? true
    }

    init(head: HTTPRequestHead, limits: ServerLimits) {
        result = .failure(Refusal(violation: .malformed))
        guard head.version.major == 1 else {
            refuse(.unsupportedVersion)
            return
        }
        guard head.uri.utf8.count <= limits.requestLineBytes else {
            refuse(.targetTooLong(limit: limits.requestLineBytes))
            return
        }
        guard let target = RequestHeadReader.originForm(head.uri) else {
            refuse(.unsupportedTarget)
            return
        }
        stopsTheCodec = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
        guard let (fields, hosts) = read(head, limits: limits) else { return }
        if hosts > 1 || (hosts == 0 && head.version == .http1_1) {
            refuse(.missingOrRepeatedHost)
        } else if let repeated = fields.repeated {
            refuse(.repeatedField(repeated))
        } else {
            let hasBody = isChunked || (contentLength ?? 0) > 0
            // Nothing is left to announce for a client that expects to be asked for an empty body.
            expectsContinue = expectsContinue && hasBody
            let method = HTTPMethod(head.method.rawValue)
            result = .success(
                RequestHead(method: method, path: target.path, query: target.query, fields: fields, hasBody: hasBody)
            )
        }
    }

    /// The fields that somebody reads, and how often `Host` came; nil where one of them is refused.
    private mutating func read(_ head: HTTPRequestHead, limits: ServerLimits) -> (fields: RequestFields, hosts: Int)? {
        var fields = RequestFields()
        var hosts = 0
        var bytes = 0
        for (name, text) in head.headers {
            bytes += name.utf8.count + text.utf8.count
            // The codec leaves white space after a value (RFC 9112 section 5.1 excludes it from the value).
            let value = RequestHeadReader.trimmed(text)
            switch FieldName.Framing(name) {
            case .contentLength:
                guard let length = RequestHeadReader.length(value), contentLength ?? length == length else {
                    return refused(.malformed)
                }
                contentLength = length
            case .transferEncoding:
                // The codec doesn't know the coding with a tab behind it, and would frame the body otherwise.
                guard FieldName.isSame(value, "chunked"), !text.utf8.contains(UInt8(ascii: "\t")), !isChunked
                else {
                    return refused(.unsupportedTransferCoding)
                }
                isChunked = true
            case .expect:
                guard FieldName.isSame(value, "100-continue") else { return refused(.expectationFailed) }
                expectsContinue = head.version == .http1_1
            case nil:
                guard let field = FieldName(insensitively: name) else { continue }
                if field == .host { hosts += 1 }
                fields.add(field, value)
            }
        }
        guard bytes <= limits.headerBytes else {
            return refused(.headerTooLarge(bytes: limits.headerBytes, fields: limits.headerFields))
        }
        return (fields, hosts)
    }

    private mutating func refused(_ violation: ProtocolViolation) -> (fields: RequestFields, hosts: Int)? {
        refuse(violation)
        return nil
    }

    private static func trimmed(_ value: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let bytes = value.utf8
        guard let last = bytes.last, let first = bytes.first, isSpace(first) || isSpace(last) else { return value }
        let text = bytes.drop(while: isSpace)
        let ending = text.reversed().prefix(while: isSpace).count
        return String(decoding: text.dropLast(ending), as: UTF8.self)
    }

    private static func length(_ value: String) -> Int? {
        value.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(value) : nil
    }

    private mutating func refuse(_ violation: ProtocolViolation) {
        result = .failure(Refusal(violation: violation))
    }

    /// Path and query of an origin-form or absolute-form target (RFC 9112 section 3.2); no other is served.
    private static func originForm(_ target: String) -> (path: String, query: String?)? {
        var rest = target[...]
        // Nearly all are in origin form.
        let schemes = target.utf8.first == UInt8(ascii: "/") ? [] : ["http://", "https://"]
        for scheme in schemes where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            let path = rest.firstIndex { $0 == "/" || $0 == "?" }
            rest = path.map { rest[$0...] } ?? ""
            if rest.first != "/" { rest = "/" + rest }
            break
        }
        guard rest.utf8.first == UInt8(ascii: "/") else { return nil }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(rest), nil) }
        return (String(rest[..<mark]), String(rest[rest.utf8.index(after: mark)...]))
    }
}
