/// A state of Divar's published contract, by the month from which it held.
package enum Contract: String, Sendable, Hashable, CaseIterable {
    /// Eight operations.
    case december2025 = "2025-12"
    /// Five operations: the three experimental ways to send are gone.
    case august2026 = "2026-08"
}
