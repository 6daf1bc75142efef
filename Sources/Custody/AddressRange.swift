/// Addresses that begin alike (CIDR, RFC 4632): `10.0.0.0/8`, `fd00::/8`, or one address.
package struct AddressRange: Sendable, Hashable {
    private let first: IPAddress
    /// Of all 128 bits.
    private let prefixLength: Int

    /// Nil where it is none, or where the address has bits behind the prefix: then it is unclear what was meant.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let isShort = !parts[0].contains(":")
        var length = 128
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= (isShort ? 32 : 128)
            else { return nil }
            length = isShort ? number + 96 : number
        }
        guard address.bits & ~AddressRange.mask(length) == 0 else { return nil }
        first = address
        prefixLength = length
    }

    package func contains(_ address: IPAddress) -> Bool {
        // `::/0` and the like mean IPv6; an IPv4 address isn't one because it is kept as one.
        guard prefixLength >= 96 || !address.isVersion4 else { return false }
        return address.bits & AddressRange.mask(prefixLength) == first.bits
    }

    private static func mask(_ length: Int) -> UInt128 {
        length == 0 ? 0 : ~UInt128(0) << UInt128(128 - length)
    }
}
