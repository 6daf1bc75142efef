internal import Journal
private import Messaging

/// Gathers what a detail says.
struct DetailFinder {
    let archive: any JournalArchive
    let check: ContentCheck
    let key: VerifierKey?

    /// That of a whole message where the record is one of a message's.
    func detail(of stored: StoredRecord) throws -> EntryDetail {
        let record = AuditRecord(stored)
        if record.kind == .intent || record.kind == .outcome, let message = record.message,
            let records = try MessageRecords.find(message, in: archive),
            records.intent == stored || records.outcome == stored
        {
            return try detail(of: records)
        }
        return EntryDetail(lines: try section(stored))
    }

    func detail(of records: MessageRecords) throws -> EntryDetail {
        let intent = records.intent.map(AuditRecord.init)
        let outcome = records.outcome.map(AuditRecord.init)
        let content = try ContentState(of: records.intent, life: records.life, check: check, archive: archive)
        let intentIsPruned = "the intent was removed because of its age"
        var rows = [
            (name: "message", value: records.message.description),
            (name: "accepted", value: intent?["at"] ?? intentIsPruned),
            (name: "outcome", value: outcome?["outcome"] ?? "none so far"),
        ]
        if let reason = outcome?["reason"] { rows.append((name: "reason", value: reason)) }
        if intent != nil { rows.append((name: "content", value: content.description)) }
        var lines = AlignedRows.lines(rows)
        if case .kept(let bytes) = content {
            lines.append("  " + EntryJSON.safe(String(decoding: bytes, as: UTF8.self)))
        }
        for record in [records.intent, records.outcome].compactMap({ $0 }) {
            lines += try [""] + section(record)
        }
        return EntryDetail(lines: lines)
    }

    private func section(_ record: StoredRecord) throws -> [String] {
        RecordSection(record, checkpoints: try archive.checkpoints(), key: key).lines
    }
}
