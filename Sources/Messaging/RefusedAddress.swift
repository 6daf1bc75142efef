/// An address that a host leads to and that is not called, and what it is for.
package struct RefusedAddress: Error, Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress
    package let purpose: SpecialPurpose

    package init(address: IPAddress, purpose: SpecialPurpose) {
        self.address = address
        self.purpose = purpose
    }

    package var description: String { "\(address) (\(purpose.rawValue))" }
}
