internal import Journal
internal import Messaging

/// Looks for the records of one message.
struct MessageSearch {
    let archive: any JournalArchive
    let message: MessageID
    let numbers: ClosedRange<Int>

    /// - Parameter hint: the body that the record should have.
    func record(_ kind: RecordKind, hint: [UInt8]?, above number: Int = 0) throws -> StoredRecord? {
        if let hint, let hinted = AuditRecord(body: hint), hinted.is(kind, of: message),
            numbers.contains(hinted.number), hinted.number > number,
            let record = try archive.records(hinted.number...hinted.number, containing: nil).first, record.body == hint
        {
            return record
        }
        guard number < numbers.upperBound else { return nil }
        let walk = RecordWalk(archive: archive, part: RecordPattern.bytes("message", message.description))
        var found: StoredRecord?
        try walk.up(max(numbers.lowerBound, number + 1)...numbers.upperBound) { _, records in
            found = records.first { AuditRecord($0).is(kind, of: message) }
            return found == nil
        }
        return found
    }
}
