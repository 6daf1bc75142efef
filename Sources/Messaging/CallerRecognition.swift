/// Who makes a call, as far as what it shows tells.
package enum CallerRecognition {
    /// - Parameter meter: where the caller has limits of its own.
    case known(Caller, meter: (any CallMetering)? = nil)
    /// By a key that was that caller's until it expired.
    case expired(Caller)
    /// From an address that the caller does not call from.
    case elsewhere(Caller)
    case unknown
}
