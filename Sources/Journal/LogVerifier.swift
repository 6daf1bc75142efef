private import StrictJSON

/// Checks a log record by record, in the order of their numbers, against its chain and its signed checkpoints.
///
/// Holds one head and nothing else, so a log of any length takes the same memory. Throws the first fault and is of no
/// use after that. Pure; any thread.
package struct LogVerifier: Sendable {
    package private(set) var head: LogHead
    private let key: VerifierKey
    /// The size up to which a signature vouches for what was read.
    package private(set) var signedSize: Int

    /// - Parameter head: where the log begins: empty, or what pruning left of the records before.
    package init(from head: LogHead, key: VerifierKey) {
        self.head = head
        self.key = key
        signedSize = head.size
    }

    /// Takes the next record.
    package mutating func read(_ record: StoredRecord) throws(LogFault) {
        let expected = head.size + 1
        guard record.number >= expected else { throw .added(record.number) }
        guard record.number == expected else { throw .missing(expected...record.number - 1) }
        if let body = try? JSONParser.parse(record.body) {
            if let log = body["log"]?.stringValue, LogID(log) != nil, log != head.log.text { throw .added(expected) }
            if let number = body["seq"]?.integerValue, number != expected, number > 0 {
                // Its own number can have been changed, too: then the link doesn't fit anywhere.
                throw isWhole(record, at: expected) ? .changed(expected) : .reordered(expected, holds: number)
            }
        }
        guard isWhole(record, at: expected) else { throw .changed(expected) }
        _ = head.append(record.body)
    }

    /// Takes the checkpoint over the records read so far.
    package mutating func read(checkpoint note: String) throws(LogFault) {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            checkpoint.log == head.log, checkpoint.size == head.size
        else { throw .malformedCheckpoint(head.size) }
        guard signed.isSigned(by: key) else { throw .wrongSignature(head.size) }
        guard checkpoint == head.checkpoint else {
            throw .rewritten(min(signedSize + 1, head.size)...head.size)
        }
        signedSize = head.size
    }

    /// Called behind the last record with the size of the largest checkpoint that there is.
    package func end(largestCheckpoint size: Int) throws(LogFault) {
        guard size <= head.size else { throw .truncated(after: head.size, checkpoint: size) }
    }

    private func isWhole(_ record: StoredRecord, at number: Int) -> Bool {
        var next = head
        return next.append(record.body).link == record.link
    }
}
