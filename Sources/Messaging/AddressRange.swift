/// All IP addresses that begin alike (RFC 4632 section 3.1): `10.0.0.0/8`, `fd00::/8`, or a single address.
///
/// A range of IPv6 holds no IPv4 address, `::/0` neither; one under `::ffff:0:0/96` is the range of IPv4 that it stands
/// for, as `IPAddress` has it.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// The first address.
    package let base: IPAddress
    package let prefixLength: Int

    /// Nil for what is no range, and for one whose base has bits beyond its length, as `10.1.2.3/8`: either of the two
    /// is a mistake, and nobody can tell which.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = IPAddress(parts[0]) else { return nil }
        var length = base.family.bitCount
        if parts.count == 2 {
            guard let number = AddressRange.number(parts[1]) else { return nil }
            // Written as IPv6, it counts the bits in front of the IPv4 address, too.
            let isMapped = base.family == .v4 && parts[0].utf8.contains(UInt8(ascii: ":"))
            length = isMapped ? number - 96 : number
            guard (0...base.family.bitCount).contains(length) else { return nil }
        }
        self.init(base: base, prefixLength: length)
        guard base.bits == masked(base.bits) else { return nil }
    }

    private init(base: IPAddress, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.family == base.family && masked(address.bits) == base.bits
    }

    /// - Parameter host: an IP address as text; what isn't one is in no range.
    package func contains(_ host: String) -> Bool {
        IPAddress(host).map(contains) ?? false
    }

    /// - Parameter bytes: 4 or 16 of them, in network order.
    package func contains(bytes: some Collection<UInt8>) -> Bool {
        IPAddress(bytes: bytes).map(contains) ?? false
    }

    package var description: String {
        prefixLength == base.family.bitCount ? base.description : "\(base)/\(prefixLength)"
    }

    private func masked(_ bits: UInt128) -> UInt128 {
        let free = UInt128(base.family.bitCount - prefixLength)
        // A shift by all 128 bits gives zero.
        return (bits >> free) << free
    }

    /// Digits only, and no zero in front: `Int` would take a sign too.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text == "0" || text.first != "0"
        else { return nil }
        return Int(text)
    }
}
