internal import Journal
private import StrictJSON

/// One record with all that proves it, as lines.
struct RecordSection {
    private let title: String
    private let rows: [(name: String, value: String)]

    /// - Parameters:
    ///   - checkpoints: in the order of their sizes.
    ///   - key: the log's; nil where it is not at hand.
    init(_ stored: StoredRecord, checkpoints: [StoredCheckpoint], key: VerifierKey?) {
        let record = AuditRecord(stored)
        title = "\(record["kind"] ?? "unreadable"), record \(stored.number)"
        rows =
            record.members.map { ($0.name, $0.value.stringValue ?? EntryJSON.text($0.value)) }
            + [
                ("leaf", MerkleTree.leaf(stored.body).description), ("link", stored.link.description),
                ("checkpoint", RecordSection.coverage(of: stored.number, checkpoints: checkpoints, key: key)),
            ]
    }

    var lines: [String] { [TerminalText.safe(title)] + AlignedRows.lines(rows).map { "  " + $0 } }

    static func coverage(of number: Int, checkpoints: [StoredCheckpoint], key: VerifierKey?) -> String {
        guard let checkpoint = checkpoints.first(where: { $0.size >= number }) else { return "none covers it yet" }
        let covers = "over \(checkpoint.size) records"
        guard let signed = SignedNote(checkpoint.note) else { return covers + ", which can NOT be read" }
        guard let key else { return covers }
        return covers + (signed.isSigned(by: key) ? ", signed by the log's key" : ", NOT signed by the log's key")
    }
}
