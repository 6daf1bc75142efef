/// Reads one JSON text from bytes, strictly by RFC 8259.
///
/// Accepts exactly what the grammar has: no comments, no trailing commas, no byte order mark, no lone surrogates, no
/// overlong or broken UTF-8. `maximumDepth` bounds the recursion; the length is bounded by whoever read the bytes.
/// Throws `JSONSyntaxError` with the offset of the first bad byte. Pure; any thread.
package struct JSONParser {
    /// How deeply arrays and objects may be nested: deeper than any message of Divar's, shallower than any stack.
    package static let defaultMaximumDepth = 64

    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    package static func parse(
        _ bytes: [UInt8],
        maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONSyntaxError) -> JSONValue {
        do {
            // Once for all strings: their bytes can then be taken as they are.
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONSyntaxError(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
        }
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        return try parser.document()
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    private mutating func document() throws(JSONSyntaxError) -> JSONValue {
        skipWhitespace()
        guard position < bytes.count else { throw failure(.emptyText) }
        let value = try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw failure(.trailingCharacters) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard let byte = peek() else { throw failure(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw failure(.unexpectedCharacter)
        }
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth <= maximumDepth else { throw failure(.tooDeep) }
        position += 1
        skipWhitespace()
        var members: [JSONMember] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw unexpected() }
            let name = try string()
            skipWhitespace()
            guard take(UInt8(ascii: ":")) else { throw unexpected() }
            skipWhitespace()
            members.append(JSONMember(name, try value(depth: depth)))
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw unexpected() }
            skipWhitespace()
        }
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
        guard depth <= maximumDepth else { throw failure(.tooDeep) }
        position += 1
        skipWhitespace()
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipWhitespace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw unexpected() }
            skipWhitespace()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        for byte in word.description.utf8 {
            guard take(byte) else { throw unexpected() }
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        if let next = peek(), isDigit(next) { throw failure(.invalidNumber) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = position
        while let byte = peek(), isDigit(byte) { position += 1 }
        guard position > start else { throw failure(.invalidNumber) }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    // MARK: Strings

    private mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        // Most strings have no escapes: those are taken as one slice.
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                let slice = bytes[start..<position]
                position += 1
                return String(decoding: slice, as: UTF8.self)
            case UInt8(ascii: "\\"):
                return try stringWithEscapes(startingWith: Array(bytes[start..<position]))
            case 0..<0x20:
                throw failure(.controlCharacter)
            default:
                position += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func stringWithEscapes(startingWith prefix: [UInt8]) throws(JSONSyntaxError) -> String {
        var decoded = prefix
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: decoded, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &decoded)
            case 0..<0x20:
                throw failure(.controlCharacter)
            default:
                decoded.append(byte)
                position += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func escape(into decoded: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = peek() else { throw failure(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): decoded.append(contentsOf: String(try escapedScalar()).utf8)
        default:
            position -= 1
            throw failure(.invalidEscape)
        }
    }

    /// The scalar behind `\u`: four digits, or twice four where they are a surrogate pair (RFC 8259 section 7).
    private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let start = position
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw JSONSyntaxError(reason: .loneSurrogate, offset: start)
        }
        let second = try fourHexDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else {
            throw JSONSyntaxError(reason: .loneSurrogate, offset: start)
        }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek() else { throw failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure(.invalidEscape)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func failure(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: position)
    }

    private func unexpected() -> JSONSyntaxError {
        failure(position < bytes.count ? .unexpectedCharacter : .unexpectedEnd)
    }
}
