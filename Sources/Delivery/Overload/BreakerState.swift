/// Whether calls to Divar are let through.
package enum BreakerState: String, Sendable, Hashable, CaseIterable {
    case closed
    /// None is: Divar has been failing.
    case open
    /// One at a time is, to see whether Divar is well again.
    case halfOpen = "half-open"
}
