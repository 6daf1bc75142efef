/// The gateway's own name for one accepted message: a UUID of version 7 (RFC 9562 section 5.7), so ids sort by time.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// - Parameters:
    ///   - unixMilliseconds: when the message was accepted; 48 bits of it are kept.
    ///   - random: 74 of these 128 bits make the id unique.
    package init(unixMilliseconds: UInt64, random: (UInt64, UInt64)) {
        high = unixMilliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    package var description: String {
        let digits = Array(Hexadecimal.text(high).utf8) + Array(Hexadecimal.text(low).utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
