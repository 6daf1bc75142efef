private import Journal
private import StrictJSON

/// Entries as a table for a terminal: a line each, columns below one another.
package enum EntryTable {
    private static let titles = [
        "record", "time", "kind", "message", "caller", "operation", "to", "endpoint", "outcome", "reason",
    ]
    /// What stands where there is nothing.
    private static let blank = "-"

    /// The titles and a line for each entry; only printable characters.
    package static func lines(_ entries: [AuditEntry]) -> [String] {
        let rows = [titles] + entries.map { cells(of: $0).map(TerminalText.safe) }
        let widths = titles.indices.map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - TerminalText.width(cell))
            }
            let line = padded.joined(separator: "  ")
            return String(line[...(line.lastIndex { $0 != " " } ?? line.startIndex)])
        }
    }

    private static func cells(of entry: AuditEntry) -> [String] {
        let members = entry.members
        func text(_ name: String) -> String? {
            members.first { $0.name.hasSameBytes(as: name) }?.value.stringValue
        }
        let recipients = [text("conversation"), text("user").map { "user " + $0 }].compactMap { $0 }
        let cells: [String?] = [
            String(entry.number), text("at"), text("kind") ?? "unreadable", text("message"),
            text("caller") ?? (text("known_by") == nil ? nil : text("peer")),
            text("operation") ?? extent(of: entry.record), recipients.isEmpty ? nil : recipients.joined(separator: " "),
            text("endpoint"), text("outcome") ?? (entry.record.kind == .intent ? "none" : nil), text("reason"),
        ]
        return cells.map { cell in
            guard let cell, !cell.isEmpty else { return blank }
            return cell
        }
    }

    /// How much a record is about that has no operation.
    private static func extent(of record: AuditRecord) -> String? {
        if let count = record.integer("count") { return "count \(count)" }
        return record.integer("last").map { "up to \($0)" }
    }
}
