package import Messaging

/// Which addresses a host may lead to: those of the public Internet, and what the configuration names. Whoever steers
/// name look-up must not steer credentials and requests into the house.
package struct EgressGuard: Sendable, Hashable {
    private let allowed: [AddressRange]

    /// - Parameters:
    ///   - origin: where its host is an address, that is named by it; `localhost` names this machine. A name names
    ///     nothing: what it leads to is somebody else's word.
    ///   - allowed: what may be called besides.
    package init(for origin: Origin, allowing allowed: [AddressRange] = []) {
        var allowed = allowed
        if origin.host == "localhost" {
            allowed += ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)
        } else if let range = AddressRange(origin.host) {
            allowed.append(range)
        }
        self.allowed = allowed
    }

    /// Why an address is refused; nil where it isn't.
    package func refusal(of address: IPAddress) -> RefusedAddress? {
        guard let purpose = SpecialPurpose(address), !allowed.contains(where: { $0.contains(address) }) else {
            return nil
        }
        return RefusedAddress(address: address, purpose: purpose)
    }
}
