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

    private static let knownFields = Dictionary(uniqueKeysWithValues: FieldName.allCases.map { ($0.rawValue, $0) })

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
        var fields = RequestFields()
        var hosts = 0
        for (name, value) in head.headers {
            switch name.lowercased() {
            case "content-length": contentLength = Int(value)
            case "transfer-encoding":
                guard value.lowercased() == "chunked", !isChunked else {
                    refuse(.unsupportedTransferCoding)
                    return
                }
                isChunked = true
            case "expect":
                guard value.lowercased() == "100-continue" else {
                    refuse(.expectationFailed)
                    return
                }
                expectsContinue = head.version == .http1_1
            case let known:
                if known == "host" { hosts += 1 }
                if let field = RequestHeadReader.knownFields[known] { fields.add(field, value) }
            }
        }
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

    private mutating func refuse(_ violation: ProtocolViolation) {
        result = .failure(Refusal(violation: violation))
    }

    /// Path and query of an origin-form or absolute-form target (RFC 9112 section 3.2); no other is served.
    private static func originForm(_ target: String) -> (path: String, query: String?)? {
        var rest = target[...]
        for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            let path = rest.firstIndex { $0 == "/" || $0 == "?" }
            rest = path.map { rest[$0...] } ?? ""
            if rest.first != "/" { rest = "/" + rest }
            break
        }
        guard rest.first == "/" else { return nil }
        guard let mark = rest.firstIndex(of: "?") else { return (String(rest), nil) }
        return (String(rest[..<mark]), String(rest[rest.index(after: mark)...]))
    }
}
