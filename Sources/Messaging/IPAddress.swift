/// An address of IPv4 or IPv6. An IPv4 address in the clothes of an IPv6 one (`::ffff:10.0.0.1`, RFC 4291 section
/// 2.5.5.2), as a socket that serves both shows it, is that IPv4 address: a rule must not depend on the socket.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    package enum Family: Sendable, Hashable {
        case v4, v6

        package var bitCount: Int { self == .v4 ? 32 : 128 }
    }

    package let family: Family
    /// The address as a number, in the low 32 bits for IPv4.
    package let bits: UInt128

    private static let mappedPrefix: UInt128 = 0xFFFF
    /// `ffff:` eight times with an IPv4 address at the end, the longest there is.
    private static let maximumLength = 45

    /// Reads four decimal numbers, or IPv6 in any of its forms (RFC 4291 section 2.2), without brackets and zone. Nil
    /// for what some readers take otherwise, such as numbers with a zero in front.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= IPAddress.maximumLength else { return nil }
        let bytes = Array(text.utf8)
        if let bits = IPAddress.fourNumbers(bytes[...]) {
            self.init(family: .v4, bits: UInt128(bits))
        } else if let bits = IPAddress.groups(of: bytes) {
            self.init(family: .v6, bits: bits)
        } else {
            return nil
        }
    }

    /// - Parameter bytes: 4 or 16, in network order; nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let bits = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        self.init(family: bytes.count == 4 ? .v4 : .v6, bits: bits)
    }

    package init(family: Family, bits: UInt128) {
        let isMapped = family == .v6 && bits >> 32 == IPAddress.mappedPrefix
        self.family = isMapped ? .v4 : family
        self.bits = isMapped ? bits & 0xFFFF_FFFF : bits
    }

    /// The form that RFC 5952 recommends.
    package var description: String {
        family == .v4 ? IPAddress.dotted(UInt32(truncatingIfNeeded: bits)) : grouped
    }

    private static func dotted(_ bits: UInt32) -> String {
        [24, 16, 8, 0].map { String(bits >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }

    private var grouped: String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        let texts = groups.map { String($0, radix: 16) }
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 }
            if index + 1 - start > max(1, longest.count) { longest = start..<index + 1 }
        }
        guard !longest.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<longest.lowerBound].joined(separator: ":") + "::"
            + texts[longest.upperBound...].joined(separator: ":")
    }

    // MARK: Reading

    private static func fourNumbers(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var number: UInt32 = 0
            for digit in part {
                guard (0x30...0x39).contains(digit) else { return nil }
                number = number * 10 + UInt32(digit - 0x30)
            }
            guard number <= 255 else { return nil }
            bits = bits << 8 | number
        }
        return bits
    }

    private static func groups(of text: [UInt8]) -> UInt128? {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        let front = gap.map { text[..<$0] } ?? text[...]
        guard var groups = list(front, mayEndInFourNumbers: gap == nil) else { return nil }
        if let gap {
            guard let back = list(text[(gap + 2)...], mayEndInFourNumbers: true), groups.count + back.count < 8 else {
                return nil
            }
            groups += Array(repeating: 0, count: 8 - groups.count - back.count) + back
        }
        guard groups.count == 8 else { return nil }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func list(_ text: ArraySlice<UInt8>, mayEndInFourNumbers: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var end: [UInt16] = []
        if mayEndInFourNumbers, let last = parts.last, let bits = fourNumbers(last) {
            parts.removeLast()
            end = [UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits)]
        }
        var groups: [UInt16] = []
        for part in parts {
            guard (1...4).contains(part.count), part.allSatisfy(isHexadecimalDigit),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups + end
    }

    private static func isHexadecimalDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
