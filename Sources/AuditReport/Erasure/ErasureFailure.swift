package import Journal

/// Why erasing can't go on.
package enum ErasureFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was erased is still there: something undoes it.
    case withoutEffect
    /// So many are erased, but copies can be left in the engine's own logs.
    case notScrubbed(Int, JournalStoreError)

    package var description: String {
        switch self {
        case .withoutEffect: "the journal does not erase: what was erased is still there"
        case .notScrubbed(let count, let error):
            "\(count) messages are erased, but the journal's own log can still hold copies; repeat the command (\(error))"
        }
    }
}
