/// Why an address could not be listened on, where the system's own error doesn't say it.
package enum ListenError: Error, Sendable, Hashable, CustomStringConvertible {
    case inUse(ListenAddress)

    package var description: String {
        switch self {
        case .inUse(let address): "another process listens on \(address)"
        }
    }
}
