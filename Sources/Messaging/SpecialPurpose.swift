/// What an address is for that doesn't lead to the public Internet (the special-purpose registries of RFC 6890).
package enum SpecialPurpose: String, Sendable, Hashable, CaseIterable {
    case unspecified
    case loopback
    case privateUse = "private"
    case linkLocal = "link-local"
    case sharedByProviders = "shared by providers"
    case multicast
    case documentation
    case reserved

    /// Nil for an address of the public Internet.
    package init?(_ address: IPAddress) {
        if let purpose = SpecialPurpose.ranges.first(where: { $0.range.contains(address) })?.purpose {
            self = purpose
        } else if let inner = SpecialPurpose.translated(address) {
            self.init(inner)
        } else if address.family == .v6, !SpecialPurpose.givenOut.contains(address) {
            self = .reserved
        } else {
            return nil
        }
    }

    /// The IPv4 address that a translator (RFC 6052) or a tunnel (RFC 3056) makes of one of IPv6: however it is
    /// dressed, it leads there.
    private static func translated(_ address: IPAddress) -> IPAddress? {
        guard address.family == .v6 else { return nil }
        if wellKnownPrefix.contains(address) { return IPAddress(family: .v4, bits: address.bits & 0xFFFF_FFFF) }
        if sixToFour.contains(address) { return IPAddress(family: .v4, bits: address.bits >> 80 & 0xFFFF_FFFF) }
        return nil
    }

    private static let wellKnownPrefix = range("64:ff9b::/96")
    private static let sixToFour = range("2002::/16")

    /// The first that holds an address counts.
    private static let ranges: [(range: AddressRange, purpose: SpecialPurpose)] = [
        (range("0.0.0.0/8"), .unspecified), (range("10.0.0.0/8"), .privateUse),
        (range("100.64.0.0/10"), .sharedByProviders), (range("127.0.0.0/8"), .loopback),
        (range("169.254.0.0/16"), .linkLocal), (range("172.16.0.0/12"), .privateUse),
        (range("192.0.0.0/24"), .reserved), (range("192.0.2.0/24"), .documentation),
        (range("192.88.99.0/24"), .reserved), (range("192.168.0.0/16"), .privateUse),
        (range("198.18.0.0/15"), .reserved), (range("198.51.100.0/24"), .documentation),
        (range("203.0.113.0/24"), .documentation), (range("224.0.0.0/4"), .multicast),
        (range("240.0.0.0/4"), .reserved),
        (range("::"), .unspecified), (range("::1"), .loopback), (range("2001:db8::/32"), .documentation),
        (range("3fff::/20"), .documentation), (range("2001::/23"), .reserved), (range("fc00::/7"), .privateUse),
        (range("fe80::/10"), .linkLocal), (range("fec0::/10"), .privateUse), (range("ff00::/8"), .multicast),
    ]

    /// Of IPv6 no other address has been given out to anybody.
    private static let givenOut = range("2000::/3")

    private static func range(_ text: String) -> AddressRange {
        guard let range = AddressRange(text) else { preconditionFailure("\(text) is no range.") }
        return range
    }
}
