/// What a probe of a new key has shown.
package enum KeyProbeResult: Sendable, Hashable {
    case accepted
    case refused
    /// Divar failed, or has no endpoint to try keys at: nothing is known.
    case undecided
}
