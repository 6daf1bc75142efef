/// Why a journal can't be read or written now.
package struct JournalStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// No space is left.
        case diskFull = "disk full"
        /// Less space is left than the operator wants to keep.
        case lowSpace = "free space under the floor"
        case inputOutput = "I/O error"
        case readOnly = "read-only"
        /// The file is not where it was.
        case missing = "file missing"
        /// Another file is there.
        case replaced = "file replaced"
        /// Another gateway holds it, or somebody else's transaction takes too long.
        case locked
        /// What is in the file is not what a journal holds.
        case corrupt
        /// The gateway can't tell, or has a bug.
        case other = "failed"
    }

    package var kind: Kind
    /// For operators: it can hold paths.
    package var detail: String

    package init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    package var description: String { "\(kind.rawValue): \(detail)" }
}
