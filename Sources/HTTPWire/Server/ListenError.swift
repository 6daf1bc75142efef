/// Why an address could not be listened on, where the system's own error doesn't say it.
package enum ListenError: Error, Sendable, Hashable, CustomStringConvertible {
    case inUse(ListenAddress)
    case failed(ListenAddress, reason: String)

    package var description: String {
        switch self {
        case .inUse(let address): "can not listen on \(address): another process does"
        case .failed(let address, let reason): "can not listen on \(address): \(reason)"
        }
    }
}
