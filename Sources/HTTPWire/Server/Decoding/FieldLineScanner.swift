/// Scans one field line (RFC 9112 section 5) or the empty line that ends them, byte by byte, from where it stopped when
/// the bytes ran out.
struct FieldLineScanner {
    /// Where the parts of the line stand, counted from its first byte, the value without white space around it.
    struct Line {
        var name: Range<Int>
        var value: Range<Int>
        /// What the line counts: its bytes without the colon, one space behind it, and CRLF.
        var bytes: Int

        var isEmpty: Bool { name.isEmpty }
    }

    private enum Phase { case name, space, value, lineFeed }

    private var phase = Phase.name
    private var position = 0
    private var nameEnd = 0
    private var valueStart = 0

    var hasBegun: Bool { position > 0 }

    /// - Parameters:
    ///   - start: of the line.
    ///   - limit: on what the line counts.
    ///   - tooLarge: said where it counts more.
    mutating func scan(
        _ bytes: borrowing Span<UInt8>, from start: Int, limit: Int, tooLarge: ProtocolViolation
    ) -> LineScan<Line> {
        // A colon, a space, what may be, and one byte that ends it or is too much.
        let end = min(bytes.count, start + limit + 3)
        if phase == .name, let violation = scanName(bytes, from: start, to: end) { return .violation(violation) }
        if phase == .space { scanSpace(bytes, from: start, to: end) }
        if phase == .value, let violation = scanValue(bytes, from: start, to: end) { return .violation(violation) }
        if phase == .lineFeed, start + position < bytes.count {
            guard bytes[start + position] == UInt8(ascii: "\n") else { return .violation(.malformed) }
            let line = line(bytes, from: start)
            return line.bytes <= limit ? .line(line, length: position + 1) : .violation(tooLarge)
        }
        return phase != .lineFeed && position - 2 > limit ? .violation(tooLarge) : .incomplete
    }

    private mutating func scanName(
        _ bytes: borrowing Span<UInt8>, from start: Int, to end: Int
    ) -> ProtocolViolation? {
        var index = start + position
        while index < end, ByteClass.isToken(bytes[index]) { index += 1 }
        position = index - start
        guard index < end else { return nil }
        switch bytes[index] {
        case UInt8(ascii: ":") where position > 0:
            nameEnd = position
            phase = .space
        case UInt8(ascii: "\r") where position == 0:
            phase = .lineFeed
        // White space here is a folded line, or stands before the first field or a colon.
        default: return .malformed
        }
        position += 1
        return nil
    }

    private mutating func scanSpace(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) {
        while start + position < end, ByteClass.isSpace(bytes[start + position]) { position += 1 }
        guard start + position < end else { return }
        valueStart = position
        phase = .value
    }

    private mutating func scanValue(
        _ bytes: borrowing Span<UInt8>, from start: Int, to end: Int
    ) -> ProtocolViolation? {
        var index = ByteClass.valueWordsEnd(bytes, from: start + position, to: end)
        while index < end, ByteClass.isValue(bytes[index]) { index += 1 }
        position = index - start
        guard index < end else { return nil }
        guard bytes[index] == UInt8(ascii: "\r") else { return .malformed }
        position += 1
        phase = .lineFeed
        return nil
    }

    private func line(_ bytes: borrowing Span<UInt8>, from start: Int) -> Line {
        guard nameEnd > 0 else { return Line(name: 0..<0, value: 0..<0, bytes: 0) }
        // The carriage return is the last byte that was scanned.
        var valueEnd = position - 1
        let spaced = bytes[start + nameEnd + 1] == UInt8(ascii: " ") ? 2 : 1
        let counted = valueEnd - spaced
        while valueEnd > valueStart, ByteClass.isSpace(bytes[start + valueEnd - 1]) { valueEnd -= 1 }
        return Line(name: 0..<nameEnd, value: valueStart..<valueEnd, bytes: counted)
    }
}
