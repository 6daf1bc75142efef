internal import Journal

/// A checkpoint that was kept elsewhere, for comparison with a log.
package struct KeptCheckpoint: Sendable {
    private let signed: SignedNote
    private let checkpoint: Checkpoint

    /// Nil where the text is not a signed checkpoint.
    package init?(_ note: String) {
        // Notes are pasted from log lines, and lose or win a line feed at the end.
        let end = note.lastIndex { $0 != "\n" }.map { note.index(after: $0) } ?? note.startIndex
        guard let signed = SignedNote(note[..<end] + "\n"),
            let checkpoint = Checkpoint(text: signed.text)
        else { return nil }
        (self.signed, self.checkpoint) = (signed, checkpoint)
    }

    var size: Int { checkpoint.size }

    /// - Parameters:
    ///   - found: what the log says at that size; nil where it has no such size.
    ///   - start: how many records pruning removed.
    ///   - end: how many records there are.
    func compare(
        with found: Checkpoint?,
        log: LogID,
        key: VerifierKey,
        start: Int,
        end: Int
    ) throws(LogFault) -> VerificationReport.Kept {
        guard checkpoint.log == log else { throw .malformedCheckpoint(size) }
        guard signed.isSigned(by: key) else { throw .wrongSignature(size) }
        guard size <= end else { throw .truncated(after: end, checkpoint: size) }
        guard size >= start else { return .pruned(size) }
        guard found == checkpoint else { throw .rewritten(min(1, size)...size) }
        return .agrees(size)
    }
}
