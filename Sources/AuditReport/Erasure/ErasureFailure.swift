/// Why erasing can't go on.
package enum ErasureFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was erased is still there: something undoes it.
    case withoutEffect

    package var description: String { "the journal does not erase: what was erased is still there" }
}
