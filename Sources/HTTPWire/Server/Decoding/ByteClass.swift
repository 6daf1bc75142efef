/// Which bytes may stand where in a request (RFC 9110 section 5.6.2, RFC 9112 sections 3 and 5, RFC 3986 section 2).
///
/// Two words of bits for the 128 ASCII characters: a look-up that neither branches nor touches memory.
enum ByteClass {
    /// `!#$%&'*+-.^_`|~`, digits and letters.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool { stands(byte, in: (0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)) }

    /// What paths and queries consist of: unreserved characters, `%`, `!$&'()*+,;=`, `:@/?`. Others, among them `#`,
    /// `\`, quotes, brackets and all that isn't ASCII, have to be percent-encoded, and programs differ on what they
    /// mean where they aren't.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool { stands(byte, in: (0xAFFF_FFF2_0000_0000, 0x47FF_FFFE_87FF_FFFF)) }

    /// A field's value: visible characters, space, tab, and bytes beyond ASCII, which are opaque.
    @inline(__always)
    static func isValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == UInt8(ascii: "\t")
    }

    /// How far a value goes on in words of eight bytes: where it ends, or a tab stands, is in the next eight.
    static func valueWordsEnd(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = unsafe bytes.bytes
        var index = start
        while index + 8 <= end, end <= bytes.count {
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let deletes = word ^ (ones &* 0x7F)
            // The highest bit of a byte is set where subtracting from it had to borrow, and it was not set before.
            let controls = ((word &- ones &* 0x20) & ~word) | ((deletes &- ones) & ~deletes)
            guard controls & (ones &* 0x80) == 0 else { return index }
            index += 8
        }
        return index
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    @inline(__always)
    static func isBracket(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- UInt8(ascii: "0") }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }

    @inline(__always)
    private static func stands(_ byte: UInt8, in bits: (low: UInt64, high: UInt64)) -> Bool {
        guard byte < 0x80 else { return false }
        return ((byte < 0x40 ? bits.low : bits.high) &>> UInt64(byte & 0x3F)) & 1 == 1
    }
}
