/// Scans one chunk-size line with its extensions (RFC 9112 section 7.1), byte by byte. White space is nowhere allowed
/// but in quotes: what the grammar calls "bad" is where programs have read sizes differently.
struct ChunkLineScanner {
    struct Line {
        var size: Int
        /// The extensions with their semicolons.
        var extensionBytes: Int
    }

    private enum Phase { case size, name, value, token, quoted, escaped, closed, lineFeed }

    /// As many as the largest number of 64 bits has; zeros in front count too.
    private static let digits = 16

    private var phase = Phase.size
    private var position = 0
    private var size = 0
    private var digitCount = 0
    /// Bytes of the current name or token.
    private var length = 0

    /// - Parameters:
    ///   - start: of the line.
    ///   - limit: on the bytes of the extensions.
    ///   - tooLong: said where there are more.
    mutating func scan(
        _ bytes: borrowing Span<UInt8>, from start: Int, limit: Int, tooLong: ProtocolViolation
    ) -> LineScan<Line> {
        while start + position < bytes.count {
            let byte = bytes[start + position]
            position += 1
            switch phase {
            case .size: guard takeDigit(byte) else { return .violation(.malformed) }
            case .lineFeed:
                guard byte == UInt8(ascii: "\n") else { return .violation(.malformed) }
                let line = Line(size: size, extensionBytes: position - 2 - digitCount)
                return .line(line, length: position)
            default:
                guard takeExtension(byte) else { return .violation(.malformed) }
                if phase != .lineFeed, position - digitCount > limit { return .violation(tooLong) }
            }
        }
        return .incomplete
    }

    private mutating func takeDigit(_ byte: UInt8) -> Bool {
        if let digit = ByteClass.hexValue(byte) {
            digitCount += 1
            guard digitCount <= ChunkLineScanner.digits, size <= Int.max >> 4 else { return false }
            size = size << 4 | Int(digit)
            return true
        }
        return digitCount > 0 && takeEnd(byte)
    }

    private mutating func takeExtension(_ byte: UInt8) -> Bool {
        switch phase {
        case .name:
            if takeToken(byte) { return true }
            guard length > 0 else { return false }
            guard byte == UInt8(ascii: "=") else { return takeEnd(byte) }
            (phase, length) = (.value, 0)
        case .value:
            guard byte == UInt8(ascii: "\"") else {
                phase = .token
                return takeToken(byte)
            }
            phase = .quoted
        case .token: return takeToken(byte) || takeEnd(byte)
        case .quoted:
            guard ByteClass.isValue(byte) else { return false }
            if byte == UInt8(ascii: "\\") { phase = .escaped }
            if byte == UInt8(ascii: "\"") { phase = .closed }
        case .escaped:
            guard ByteClass.isValue(byte) else { return false }
            phase = .quoted
        case .closed: return takeEnd(byte)
        case .size, .lineFeed: return false
        }
        return true
    }

    private mutating func takeToken(_ byte: UInt8) -> Bool {
        guard ByteClass.isToken(byte) else { return false }
        length += 1
        return true
    }

    /// What may stand behind the size, a name or a value.
    private mutating func takeEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"): (phase, length) = (.name, 0)
        case UInt8(ascii: "\r"): phase = .lineFeed
        default: return false
        }
        return true
    }
}
