/// When a fault strikes.
enum FaultMoment: String, Sendable, Hashable, CaseIterable {
    /// Nothing is handled: the message is not accepted. A late answer is handled late.
    case before
    /// The request is handled, the message accepted; then the answer is lost, mangled or late.
    case after
}
