private import NIOCore

/// Gathers a request's head line by line and says what is wrong with it (RFC 9112 sections 3 and 6, RFC 9110 sections
/// 7.2, 7.6.1 and 10.1.1). A field that nobody reads costs nothing here.
struct RequestHeadCollector {
    private(set) var method = HTTPMethod.get
    private var target: RequestTarget?
    private var minorVersion = 1
    private var fields = RequestFields()
    private(set) var framing = RequestFraming()

    mutating func take(_ line: RequestLineScanner.Line, _ bytes: borrowing Span<UInt8>, at start: Int)
        -> ProtocolViolation?
    {
        minorVersion = line.minorVersion
        guard let text = RequestHeadCollector.text(bytes, line.target, at: start),
            let name = RequestHeadCollector.text(bytes, line.method, at: start)
        else { return .malformed }
        method = HTTPMethod(name)
        guard method.isKnown else { return .unsupportedMethod }
        framing.keepsConnection = minorVersion == 1 && !method.isTrace
        target = RequestTarget(text)
        return target == nil ? .unsupportedTarget : nil
    }

    mutating func take(_ line: FieldLineScanner.Line, _ bytes: borrowing Span<UInt8>, at start: Int)
        -> ProtocolViolation?
    {
        let name = (start + line.name.lowerBound)..<(start + line.name.upperBound)
        guard let entry = FieldTable.known.entry(bytes, name) else { return nil }
        // One spelling, one meaning: bytes that are no UTF-8 could not be told apart as a string.
        guard let value = RequestHeadCollector.text(bytes, line.value, at: start) else { return .malformed }
        switch entry {
        case .read(let field):
            fields.add(field, value)
            guard field == .host else { return fields.repeated.map { .repeatedField($0) } }
            return fields.repeated == .host ? .missingOrRepeatedHost : nil
        case .framing(.contentLength): return takeLength(value)
        case .framing(.transferEncoding):
            let end = start + line.value.upperBound
            // Where a tab stands behind it, llhttp doesn't know the coding, and others may not either.
            guard bytes[end] != UInt8(ascii: "\t") else { return .unsupportedTransferCoding }
            return takeCoding(value)
        case .framing(.connection):
            takeConnection(value)
            return nil
        case .framing(.expect):
            guard FieldName.isSame(value, "100-continue") else { return .expectationFailed }
            framing.expectsContinue = minorVersion == 1
            return nil
        }
    }

    /// The head, now that it is whole.
    mutating func finish() -> Result<RequestHead, RequestRefusal> {
        guard let target else { return .failure(RequestRefusal(.malformed)) }
        let host = fields[.host]
        // Nobody can say which of the two ends the body (RFC 9112 section 6.3), nor what a server of HTTP/1.0 would
        // make of chunks (section 6.1).
        guard !(framing.isChunked && (framing.contentLength != nil || minorVersion == 0)) else {
            return .failure(RequestRefusal(.malformed))
        }
        guard host != nil || minorVersion == 0 else { return .failure(RequestRefusal(.missingOrRepeatedHost)) }
        guard HostRule.agree(host: host, target: target.authority) else {
            return .failure(RequestRefusal(.malformedHost))
        }
        // Nothing is left to announce for a client that expects to be asked for an empty body.
        framing.expectsContinue = framing.expectsContinue && framing.hasBody
        return .success(
            RequestHead(
                method: method, path: target.path, query: target.query, fields: fields, hasBody: framing.hasBody
            )
        )
    }

    private mutating func takeLength(_ value: String) -> ProtocolViolation? {
        // Also where both say the same: whoever sends two may have been made to.
        guard framing.contentLength == nil, !value.isEmpty, value.utf8.allSatisfy({ ByteClass.isDigit($0) }),
            let length = Int(value)
        else { return .malformed }
        framing.contentLength = length
        return nil
    }

    private mutating func takeCoding(_ value: String) -> ProtocolViolation? {
        guard FieldName.isSame(value, "chunked"), !framing.isChunked else { return .unsupportedTransferCoding }
        framing.isChunked = true
        return nil
    }

    private mutating func takeConnection(_ value: String) {
        guard framing.keepsConnection, !FieldName.isSame(value, "keep-alive") else { return }
        let options = value.utf8.split(separator: UInt8(ascii: ","))
        let asksToClose = options.contains { option in
            let text = option.drop(while: ByteClass.isSpace).reversed().drop(while: ByteClass.isSpace).reversed()
            return FieldName.isSame(String(decoding: text, as: UTF8.self), "close")
        }
        if asksToClose { framing.keepsConnection = false }
    }

    private static func text(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>, at start: Int) -> String? {
        let place = (start + range.lowerBound)..<(start + range.upperBound)
        guard let text = try? UTF8Span(validating: bytes.extracting(place)) else { return nil }
        return String(copying: text)
    }
}
