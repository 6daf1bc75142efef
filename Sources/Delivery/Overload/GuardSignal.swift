/// What the end of a call says of Divar's health.
package enum GuardSignal: Sendable, Hashable, CaseIterable {
    /// An answer that is no failure of Divar's, a refusal included.
    case fine
    /// Divar says that it has too much to do, or our own deadline passed.
    case overloaded
    /// Divar failed, or the connection was cut.
    case failed
    /// No connection: the name, the connecting or TLS failed.
    case unreachable
    /// Nothing was attempted, or nothing can be learned from it.
    case unused
}
