/// Scans one request line (RFC 9112 section 3), byte by byte, from where it stopped when the bytes ran out.
struct RequestLineScanner {
    /// Where the parts of the line stand, counted from its first byte.
    struct Line {
        var method: Range<Int>
        var target: Range<Int>
        var minorVersion: Int
    }

    /// More than any method that is served here has.
    static let longestMethod = 16

    private enum Phase { case method, target, version }

    private static let versionName = Array("HTTP/".utf8)
    private static let versionLength = versionName.count + 3

    private var phase = Phase.method
    private var position = 0
    private var methodEnd = 0
    private var targetEnd = 0
    private var majorVersion: UInt8 = 0
    private var minorVersion: UInt8 = 0

    /// Whether a byte was looked at.
    var hasBegun: Bool { position > 0 }

    /// - Parameters:
    ///   - start: of the line.
    ///   - limit: on the target's length.
    mutating func scan(_ bytes: borrowing Span<UInt8>, from start: Int, limit: Int) -> LineScan<Line> {
        if phase == .method, let violation = scanMethod(bytes, from: start) { return .violation(violation) }
        if phase == .target, let violation = scanTarget(bytes, from: start, limit: limit) {
            return .violation(violation)
        }
        return phase == .version ? scanVersion(bytes, from: start) : .incomplete
    }

    private mutating func scanMethod(_ bytes: borrowing Span<UInt8>, from start: Int) -> ProtocolViolation? {
        while start + position < bytes.count {
            let byte = bytes[start + position]
            if ByteClass.isToken(byte) {
                position += 1
                guard position <= RequestLineScanner.longestMethod else { return .unsupportedMethod }
            } else {
                guard byte == UInt8(ascii: " "), position > 0 else { return .malformed }
                methodEnd = position
                position += 1
                phase = .target
                return nil
            }
        }
        return nil
    }

    private mutating func scanTarget(
        _ bytes: borrowing Span<UInt8>, from start: Int, limit: Int
    ) -> ProtocolViolation? {
        let first = methodEnd + 1
        // One byte more than may be: it is the one that ends the target, or one too many.
        let end = min(bytes.count, start + first + limit + 1)
        var index = start + position
        while index < end {
            // An address of IPv6 may stand in an absolute target; what doesn't begin as a path may be one.
            let isAddress = ByteClass.isBracket(bytes[index]) && bytes[start + first] != UInt8(ascii: "/")
            guard ByteClass.isTarget(bytes[index]) || isAddress else { break }
            index += 1
        }
        position = index - start
        guard position - first <= limit else { return .targetTooLong(limit: limit) }
        guard index < bytes.count else { return nil }
        guard bytes[index] == UInt8(ascii: " ") else {
            // A line that ends here is a request of HTTP/0.9 (RFC 1945 section 4.1).
            return bytes[index] == UInt8(ascii: "\r") && position > first ? .unsupportedVersion : .unsupportedTarget
        }
        guard position > first else { return .malformed }
        targetEnd = position
        position += 1
        phase = .version
        return nil
    }

    private mutating func scanVersion(_ bytes: borrowing Span<UInt8>, from start: Int) -> LineScan<Line> {
        while start + position < bytes.count {
            let byte = bytes[start + position]
            let offset = position - targetEnd - 1
            let fits: Bool
            switch offset {
            case ..<RequestLineScanner.versionName.count: fits = byte == RequestLineScanner.versionName[offset]
            case RequestLineScanner.versionName.count:
                fits = ByteClass.isDigit(byte)
                majorVersion = byte
            case RequestLineScanner.versionName.count + 1: fits = byte == UInt8(ascii: ".")
            case RequestLineScanner.versionName.count + 2:
                fits = ByteClass.isDigit(byte)
                minorVersion = byte
            case RequestLineScanner.versionLength: fits = byte == UInt8(ascii: "\r")
            default: fits = byte == UInt8(ascii: "\n")
            }
            guard fits else { return .violation(.malformed) }
            position += 1
            if offset > RequestLineScanner.versionLength { return end() }
        }
        return .incomplete
    }

    private func end() -> LineScan<Line> {
        guard majorVersion == UInt8(ascii: "1"), minorVersion <= UInt8(ascii: "1") else {
            return .violation(.unsupportedVersion)
        }
        let line = Line(
            method: 0..<methodEnd, target: (methodEnd + 1)..<targetEnd,
            minorVersion: Int(minorVersion &- UInt8(ascii: "0"))
        )
        return .line(line, length: position)
    }
}
