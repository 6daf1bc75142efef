/// An IP address as one number of 128 bits: an IPv4 address is the IPv6 address that it is mapped to
/// (RFC 4291 section 2.5.5.2), since a socket for both gives it as that.
package struct IPAddress: Sendable, Hashable {
    let bits: UInt128

    static let mappedIPv4: UInt128 = 0xFFFF << 32

    /// Reads `192.0.2.7`, `2001:db8::1` or `::ffff:192.0.2.7`; nil for anything else, such as octets in base 8.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let bits = IPAddress.version6(bytes) else { return nil }
            self.bits = bits
        } else {
            guard let bits = IPAddress.version4(bytes[...]) else { return nil }
            self.bits = IPAddress.mappedIPv4 | UInt128(bits)
        }
    }

    init(bits: UInt128) {
        self.bits = bits
    }

    var isVersion4: Bool { bits >> 32 == 0xFFFF }

    private static func version4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let octets = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var bits: UInt32 = 0
        for octet in octets {
            guard (1...3).contains(octet.count), octet.allSatisfy({ (0x30...0x39).contains($0) }),
                octet.count == 1 || octet.first != UInt8(ascii: "0")
            else { return nil }
            let value = octet.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    private static func version6(_ bytes: [UInt8]) -> UInt128? {
        var halves: [[UInt16]] = [[]]
        var rest = bytes[...]
        if rest.starts(with: "::".utf8) {
            rest = rest.dropFirst(2)
            halves.append([])
        }
        while !rest.isEmpty {
            let group = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest[group.endIndex...]
            if rest.isEmpty, group.contains(UInt8(ascii: ".")) {
                guard let address = version4(group) else { return nil }
                halves[halves.count - 1] += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                break
            }
            guard (1...4).contains(group.count), let value = UInt16(String(decoding: group, as: UTF8.self), radix: 16),
                group.first != UInt8(ascii: "+"), group.first != UInt8(ascii: "-")
            else { return nil }
            halves[halves.count - 1].append(value)
            guard !rest.isEmpty else { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard halves.count == 1 else { return nil }
                rest = rest.dropFirst()
                halves.append([])
            } else if rest.isEmpty {
                return nil
            }
        }
        return whole(halves)
    }

    /// Fills up with zeros where the two colons stood, which stand for one group at least.
    private static func whole(_ halves: [[UInt16]]) -> UInt128? {
        let count = halves.reduce(0) { $0 + $1.count }
        guard halves.count == 1 ? count == 8 : count <= 7 else { return nil }
        let zeros = Array(repeating: UInt16(0), count: 8 - count)
        return (halves[0] + zeros + (halves.count > 1 ? halves[1] : [])).reduce(0) { $0 << 16 | UInt128($1) }
    }
}
