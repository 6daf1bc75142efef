/// A sequence of bytes to look for, by Horspool's method: most bytes of the text are never looked at, which counts
/// where the text is a video.
struct BytePattern: Sendable {
    private let bytes: [UInt8]
    /// How far the pattern may move on when its last place meets each byte.
    private let shifts: [Int]

    /// - Parameter bytes: at least one.
    init(_ bytes: [UInt8]) {
        var shifts = Array(repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { shifts[Int(byte)] = bytes.count - 1 - index }
        self.bytes = bytes
        self.shifts = shifts
    }

    var count: Int { bytes.count }

    /// Where the pattern begins first, from an offset on.
    func firstOffset(in text: [UInt8], from start: Int) -> Int? {
        guard !bytes.isEmpty, start >= 0 else { return nil }
        var offset = start
        while offset + bytes.count <= text.count {
            if stands(at: offset, in: text) { return offset }
            offset += shifts[Int(text[offset + bytes.count - 1])]
        }
        return nil
    }

    /// Whether the pattern stands at an offset.
    func stands(at offset: Int, in text: [UInt8]) -> Bool {
        guard offset >= 0, offset + bytes.count <= text.count else { return false }
        for index in stride(from: bytes.count - 1, through: 0, by: -1) where text[offset + index] != bytes[index] {
            return false
        }
        return true
    }
}
