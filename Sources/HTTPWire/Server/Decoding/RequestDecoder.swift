package import NIOCore

/// Makes requests of bytes, strictly (RFC 9112): what two programs could read in two ways is refused.
///
/// A value without a channel, a clock or any other I/O. Whoever feeds it keeps a buffer, appends what arrives, and
/// calls `next` until it gives nothing more:
///
/// ```swift
/// var decoder = RequestDecoder(limits: ServerLimits())
/// var bytes = ByteBuffer()
/// bytes.writeBytes(arrived)
/// while let part = decoder.next(&bytes) { … }
/// ```
///
/// `next` takes from the buffer what it has understood, and leaves the beginning of a line until its rest is there. It
/// must be given the same buffer again, with more behind what it left; then no byte is looked at twice, however the
/// bytes are cut. After a violation, and after a request that is the last one on its connection, it takes whatever
/// comes and gives nothing. It holds no more than one head, within the limits.
package struct RequestDecoder: Sendable {
    private enum Phase {
        /// Before a request line, perhaps behind an empty line.
        case start(isBehindEmptyLine: Bool)
        case requestLine(RequestLineScanner)
        case fieldLine(FieldLineScanner)
        case body(left: Int)
        case chunkLine(ChunkLineScanner)
        case chunk(left: Int)
        /// The CRLF behind a chunk's bytes.
        case chunkEnd
        case trailerLine(FieldLineScanner)
        case end
        case over
    }

    private enum Step {
        case again
        case part(RequestPart)
        case needsMore
    }

    private let limits: ServerLimits
    private var phase = Phase.start(isBehindEmptyLine: false)
    private var collector = RequestHeadCollector()
    private var headerBytes = 0
    private var headerFields = 0
    private var extensionBytes = 0

    package init(limits: ServerLimits) {
        self.limits = limits
    }

    /// Whether a head has begun and is not whole.
    package var isInHead: Bool {
        switch phase {
        case .requestLine(let line): line.hasBegun
        case .fieldLine: true
        default: false
        }
    }

    /// Whether nothing that comes is looked at any more.
    package var isOver: Bool {
        if case .over = phase { true } else { false }
    }

    /// The next part; nil where more bytes are needed for it.
    package mutating func next(_ bytes: inout ByteBuffer) -> RequestPart? {
        while true {
            let step: Step
            switch phase {
            case .start, .requestLine, .fieldLine, .chunkLine, .chunkEnd, .trailerLine:
                var taken = 0
                step = scanLines(bytes.readableBytesUInt8Span, &taken)
                bytes.moveReaderIndex(forwardBy: taken)
            case .body(let left): step = takeBody(&bytes, left: left, isChunk: false)
            case .chunk(let left): step = takeBody(&bytes, left: left, isChunk: true)
            case .end:
                step = .part(.end)
                phase = collector.framing.keepsConnection ? .start(isBehindEmptyLine: false) : .over
            case .over:
                bytes.moveReaderIndex(to: bytes.writerIndex)
                return nil
            }
            switch step {
            case .again: break
            case .part(let part): return part
            case .needsMore: return nil
            }
        }
    }

    // MARK: Lines

    /// Goes through lines until one of them makes a part, or bytes follow that are no lines.
    private mutating func scanLines(_ bytes: borrowing Span<UInt8>, _ taken: inout Int) -> Step {
        while true {
            let step: Step
            switch phase {
            case .start(let isBehindEmptyLine): step = takeEmptyLine(bytes, &taken, isAllowed: !isBehindEmptyLine)
            case .requestLine(let scanner): step = takeRequestLine(scanner, bytes, &taken)
            case .fieldLine(let scanner): step = takeFieldLine(scanner, bytes, &taken, isTrailer: false)
            case .trailerLine(let scanner): step = takeFieldLine(scanner, bytes, &taken, isTrailer: true)
            case .chunkLine(let scanner): step = takeChunkLine(scanner, bytes, &taken)
            case .chunkEnd: step = takeChunkEnd(bytes, &taken)
            case .body, .chunk, .end, .over: return .again
            }
            guard case .again = step else { return step }
        }
    }

    /// One empty line in front of a request is passed over: old clients send it behind a body (RFC 9112 section 2.2).
    private mutating func takeEmptyLine(_ bytes: borrowing Span<UInt8>, _ taken: inout Int, isAllowed: Bool) -> Step {
        guard taken < bytes.count else { return .needsMore }
        guard isAllowed, bytes[taken] == UInt8(ascii: "\r") else {
            collector = RequestHeadCollector()
            (headerBytes, headerFields, extensionBytes) = (0, 0, 0)
            phase = .requestLine(RequestLineScanner())
            return .again
        }
        guard taken + 1 < bytes.count else { return .needsMore }
        guard bytes[taken + 1] == UInt8(ascii: "\n") else { return refused(.malformed) }
        taken += 2
        phase = .start(isBehindEmptyLine: true)
        return .again
    }

    private mutating func takeRequestLine(
        _ scanner: RequestLineScanner, _ bytes: borrowing Span<UInt8>, _ taken: inout Int
    ) -> Step {
        var scanner = scanner
        switch scanner.scan(bytes, from: taken, limit: limits.requestLineBytes) {
        case .violation(let violation): return refused(violation)
        case .incomplete:
            phase = .requestLine(scanner)
            return .needsMore
        case .line(let line, let length):
            if let violation = collector.take(line, bytes, at: taken) { return refused(violation) }
            taken += length
            phase = .fieldLine(FieldLineScanner())
            return .again
        }
    }

    private mutating func takeFieldLine(
        _ scanner: FieldLineScanner, _ bytes: borrowing Span<UInt8>, _ taken: inout Int, isTrailer: Bool
    ) -> Step {
        var scanner = scanner
        let tooLarge = ProtocolViolation.headerTooLarge(bytes: limits.headerBytes, fields: limits.headerFields)
        let scan = scanner.scan(bytes, from: taken, limit: limits.headerBytes - headerBytes, tooLarge: tooLarge)
        switch scan {
        case .violation(let violation): return refused(violation)
        case .incomplete:
            phase = isTrailer ? .trailerLine(scanner) : .fieldLine(scanner)
            return .needsMore
        case .line(let line, let length) where line.isEmpty:
            taken += length
            return isTrailer ? end() : endHead()
        case .line(let line, let length):
            headerBytes += line.bytes
            headerFields += 1
            guard headerFields <= limits.headerFields else { return refused(tooLarge) }
            let violation =
                isTrailer ? trailerViolation(line, bytes, at: taken) : collector.take(line, bytes, at: taken)
            if let violation { return refused(violation) }
            taken += length
            phase = isTrailer ? .trailerLine(FieldLineScanner()) : .fieldLine(FieldLineScanner())
            return .again
        }
    }

    /// Nobody reads trailers, but what says where a request ends has no place there (RFC 9110 section 6.5.1).
    private func trailerViolation(
        _ line: FieldLineScanner.Line, _ bytes: borrowing Span<UInt8>, at start: Int
    ) -> ProtocolViolation? {
        let name = (start + line.name.lowerBound)..<(start + line.name.upperBound)
        switch FieldTable.known.entry(bytes, name) {
        case .framing, .read(.host): return .malformed
        case .read, nil: return nil
        }
    }

    private mutating func takeChunkLine(
        _ scanner: ChunkLineScanner, _ bytes: borrowing Span<UInt8>, _ taken: inout Int
    ) -> Step {
        var scanner = scanner
        let limit = ServerLimits.chunkExtensionBytes
        let scan = scanner.scan(
            bytes, from: taken, limit: limit - extensionBytes, tooLong: .chunkExtensionsTooLong(limit: limit)
        )
        switch scan {
        case .violation(let violation): return refused(violation)
        case .incomplete:
            phase = .chunkLine(scanner)
            return .needsMore
        case .line(let line, let length):
            taken += length
            extensionBytes += line.extensionBytes
            phase = line.size == 0 ? .trailerLine(FieldLineScanner()) : .chunk(left: line.size)
            return .again
        }
    }

    private mutating func takeChunkEnd(_ bytes: borrowing Span<UInt8>, _ taken: inout Int) -> Step {
        guard taken < bytes.count else { return .needsMore }
        guard bytes[taken] == UInt8(ascii: "\r") else { return refused(.malformed) }
        guard taken + 1 < bytes.count else { return .needsMore }
        guard bytes[taken + 1] == UInt8(ascii: "\n") else { return refused(.malformed) }
        taken += 2
        phase = .chunkLine(ChunkLineScanner())
        return .again
    }

    // MARK: Parts

    private mutating func endHead() -> Step {
        switch collector.finish() {
        case .failure(let refusal): return refused(refusal.violation)
        case .success(let head):
            let framing = collector.framing
            if framing.isChunked {
                phase = .chunkLine(ChunkLineScanner())
            } else if let length = framing.contentLength, length > 0 {
                phase = .body(left: length)
            } else {
                phase = .end
            }
            return .part(.head(head, framing))
        }
    }

    private mutating func takeBody(_ bytes: inout ByteBuffer, left: Int, isChunk: Bool) -> Step {
        guard let piece = bytes.readSlice(length: min(left, bytes.readableBytes)), piece.readableBytes > 0 else {
            return .needsMore
        }
        let left = left - piece.readableBytes
        if left > 0 {
            phase = isChunk ? .chunk(left: left) : .body(left: left)
        } else {
            phase = isChunk ? .chunkEnd : .end
        }
        return .part(.body(piece))
    }

    private mutating func end() -> Step {
        phase = .end
        return .again
    }

    private mutating func refused(_ violation: ProtocolViolation) -> Step {
        phase = .over
        return .part(.violation(violation))
    }
}
