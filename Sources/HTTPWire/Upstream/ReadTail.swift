internal import NIOCore

/// Tells whether what was read last ended together with an answer, or whether something stands behind it.
///
/// The codec knows and doesn't say; but bytes that end with an answer end with its body or with an empty line. Where
/// that can't be seen, something is taken to stand behind: rather is a connection too few used again than one too
/// many. Bytes behind an answer that equal the end of its body go unseen.
struct ReadTail {
    private static let emptyLine: [UInt8] = Array("\r\n\r\n".utf8)

    private var read: ByteBuffer?
    private var bodyPart: ByteBuffer?
    /// The last four bytes, over all reads.
    private var lastBytes: [UInt8] = []

    mutating func didRead(_ bytes: ByteBuffer) {
        read = bytes
        lastBytes = Array((lastBytes + bytes.readableBytesView.suffix(4)).suffix(4))
    }

    mutating func didReadBody(_ part: ByteBuffer) {
        bodyPart = part
    }

    /// Whether bytes stand behind the answer that has just ended. Forgets what it held.
    mutating func takeHasSurplus() -> Bool {
        defer { self = ReadTail() }
        if lastBytes == ReadTail.emptyLine { return false }
        guard let read, let bodyPart else { return true }
        let length = bodyPart.readableBytes
        return read.getSlice(at: read.writerIndex - length, length: length) != bodyPart
    }
}
