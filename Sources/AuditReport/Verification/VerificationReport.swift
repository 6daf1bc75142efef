/// What was verified of a log that has no fault.
package struct VerificationReport: Sendable, Hashable {
    /// What a checkpoint that was kept elsewhere says.
    package enum Kept: Sendable, Hashable {
        /// The log had that size with that root and that link.
        case agrees(Int)
        /// It is for fewer records than pruning removed, and can't be compared any more.
        case pruned(Int)
    }

    /// Contents that are kept.
    package struct Contents: Sendable, Hashable {
        /// Those that were opened and match the commitments of their intents.
        package var matching = 0
        /// Those whose master keys are not at hand.
        package var sealed = 0
    }

    /// How many records pruning removed.
    package internal(set) var pruned = 0
    /// How many records there are, those that were removed included.
    package internal(set) var size = 0
    /// Up to which record signatures vouch.
    package internal(set) var signedSize = 0
    /// Messages that have no outcome yet.
    package internal(set) var open = 0
    package internal(set) var kept: Kept?
    package internal(set) var contents: Contents?

    /// How many records were read.
    package var records: Int { size - pruned }
}
