/// The gateway's own name for one accepted message: a UUID of version 7 (RFC 9562 section 5.7), so ids sort by time.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private var low: UInt64

    /// - Parameters:
    ///   - unixMilliseconds: when the message was accepted; 48 bits of it are kept.
    ///   - random: 74 of these 128 bits make the id unique.
    package init(unixMilliseconds: UInt64, random: (UInt64, UInt64)) {
        high = unixMilliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// Reads the form of `description`, in either case; nil where it isn't a UUID of version 7.
    package init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12], let bytes = Hexadecimal.bytes(groups.joined()) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// Takes sixteen bytes, the first of the text first; nil where they are not a UUID of version 7.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        let high = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes.dropFirst(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard high >> 12 & 0xF == 7, low >> 62 == 2 else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// The smallest id of a millisecond: what ids made before it are below.
    package init(lowestAt unixMilliseconds: UInt64) {
        self.init(unixMilliseconds: unixMilliseconds, random: (0, 0))
    }

    /// An id of the same millisecond, that many further on; the 62 lowest bits count and wrap.
    package func advanced(by count: Int) -> MessageID {
        var next = self
        next.low = low & 0xC000_0000_0000_0000 | low &+ UInt64(truncatingIfNeeded: count) & 0x3FFF_FFFF_FFFF_FFFF
        return next
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) } }
    }

    /// When it was made.
    package var unixMilliseconds: UInt64 { high >> 16 }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        appendText(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The same without a string in between.
    package func appendText(to text: inout [UInt8]) {
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
            let half = nibble < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(nibble % 16)) & 0xF)
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
