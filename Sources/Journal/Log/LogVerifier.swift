private import StrictJSON

/// Checks a log record by record, in the order of their numbers, against its chain and its signed checkpoints.
///
/// Holds one head and nothing else, so a log of any length takes the same memory. Throws the first fault and is of no
/// use after that. Pure; any thread. The steps are those of `docs/audit-trail.md`.
package struct LogVerifier: Sendable {
    package private(set) var head: LogHead
    private let key: VerifierKey
    /// How many records pruning removed.
    private let pruned: Int
    /// The record that says that they were removed.
    private var pruningRecord: Int?
    /// The size up to which a signature vouches for what was read.
    package private(set) var signedSize: Int

    /// - Parameter head: where the log begins: empty, or what pruning left of the records before.
    package init(from head: LogHead, key: VerifierKey) {
        self.head = head
        self.key = key
        pruned = head.size
        signedSize = head.size
    }

    /// Takes the checkpoint of the size at which a pruned log begins. Called first, and only for a pruned log.
    package func read(prunedHead note: String?) throws(LogFault) {
        guard let note, let signed = SignedNote(note), signed.isSigned(by: key),
            Checkpoint(text: signed.text) == head.checkpoint
        else { throw .changedHead(pruned) }
    }

    /// Takes the next record.
    package mutating func read(_ record: StoredRecord) throws(LogFault) {
        let expected = head.size + 1
        guard record.number >= expected else { throw .added(record.number) }
        guard record.number == expected else { throw .missing(expected...record.number - 1) }
        var next = head
        let isWhole = next.append(record.body).link == record.link
        if let body = try? JSONParser.parse(record.body), !body.hasRepeatedMembers {
            if let log = body["log"], log != .string(head.log.text) { throw .added(expected) }
            if let number = body["seq"]?.integerValue, number != expected {
                // Where the link fits its place, only the number was changed, by whoever made the link anew.
                throw isWhole ? .changed(expected) : .reordered(expected, holds: number)
            }
            if pruningRecord == nil, body["kind"]?.stringValue == RecordKind.pruning.rawValue,
                body["last"]?.integerValue == pruned
            {
                pruningRecord = expected
            }
        }
        guard isWhole else { throw .changed(expected) }
        head = next
    }

    /// Takes the checkpoint over the records read so far.
    ///
    /// - Parameter frontier: what is stored with it; a gateway goes on from there.
    package mutating func read(checkpoint note: String, frontier: [Digest32]? = nil) throws(LogFault) {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            checkpoint.log == head.log, checkpoint.size == head.size
        else { throw .malformedCheckpoint(head.size) }
        guard signed.isSigned(by: key) else { throw .wrongSignature(head.size) }
        guard checkpoint == head.checkpoint else {
            throw .rewritten(min(signedSize + 1, head.size)...head.size)
        }
        guard frontier ?? head.tree.frontier == head.tree.frontier else {
            throw .malformedCheckpoint(head.size)
        }
        signedSize = head.size
    }

    /// Takes a checkpoint for more records than there are: anybody can write one, so it counts only where it is signed.
    package func read(checkpoint note: String, beyondEndOf size: Int) throws(LogFault) {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            checkpoint.log == head.log, checkpoint.size == size
        else { throw .malformedCheckpoint(size) }
        guard signed.isSigned(by: key) else { throw .wrongSignature(size) }
        throw .truncated(after: head.size, checkpoint: size)
    }

    /// Called behind the last record with the size of the largest checkpoint that there is.
    package func end(largestCheckpoint size: Int) throws(LogFault) {
        guard size <= head.size else { throw .truncated(after: head.size, checkpoint: size) }
        // Unsigned, anybody could have written it.
        guard pruned == 0 || pruningRecord.map({ $0 <= signedSize }) ?? false else { throw .missing(1...pruned) }
    }
}
