/// What became different about a key, for the log.
package enum KeyChange: Sendable, Hashable {
    /// Divar refuses it: calls begin with the others, and try it again after so many microseconds.
    case refused(KeyID, isKnown: Bool, retryIn: Int64)
    /// Divar takes it again.
    case back(KeyID)
    /// A new key has proved good, and stands where another one stood.
    case trusted(KeyID, insteadOf: KeyID?)
    /// Divar doesn't take a new key; the one before it stays.
    case rejected(KeyID)

    package var key: KeyID {
        switch self {
        case .refused(let key, _, _), .back(let key), .trusted(let key, _), .rejected(let key): key
        }
    }
}
