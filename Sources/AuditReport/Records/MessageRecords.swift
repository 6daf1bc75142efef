package import Journal
package import Messaging

/// The records of one message, as the log has them. An archive's own table of messages is taken for a hint only: no
/// signature covers it.
package struct MessageRecords: Sendable {
    package let message: MessageID
    package let intent: StoredRecord?
    package let outcome: StoredRecord?
    /// What is kept beside the records.
    package let life: MessageLife?

    /// Nil where the log has neither.
    package static func find(_ message: MessageID, in archive: any JournalArchive) throws -> MessageRecords? {
        let start = try archive.start().size
        let last = try archive.lastNumber()
        guard start < last else { return nil }
        let life = try archive.life(of: message)
        let search = MessageSearch(archive: archive, message: message, numbers: start + 1...last)
        let intent = try search.record(.intent, hint: life?.intent)
        // An outcome stands behind its intent; without an intent it can stand anywhere.
        let outcome = try search.record(.outcome, hint: life?.outcome, above: intent?.number ?? start)
        guard intent != nil || outcome != nil else { return nil }
        return MessageRecords(message: message, intent: intent, outcome: outcome, life: life)
    }
}
