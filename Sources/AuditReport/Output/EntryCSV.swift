private import StrictJSON

/// Entries as comma-separated values (RFC 4180), for spreadsheets.
package enum EntryCSV {
    private static let columns = [
        "seq", "at", "kind", "message", "caller", "known_by", "peer", "app", "operation", "conversation", "user",
        "endpoint", "trace", "commitment", "outcome", "reason", "attempts", "status", "code", "latency_us",
        "decided_at",
        "content_erased", "count", "last", "operator", "id", "log",
    ]
    /// What makes a spreadsheet take a cell for a formula, also in the wide forms of East Asia.
    private static let formulaBeginnings: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// The names of the columns, with the end of the line.
    package static var header: String { columns.joined(separator: ",") + "\r\n" }

    /// With the end of the line.
    package static func line(_ entry: AuditEntry) -> String {
        let members = entry.members
        return columns.map { column in
            cell(members.first { $0.name.hasSameBytes(as: column) }.map { text($0.value) } ?? "")
        }.joined(separator: ",") + "\r\n"
    }

    /// A cell that no spreadsheet calculates: what looks like a formula gets an apostrophe before it, and what isn't
    /// printable is escaped as in tables.
    package static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map(formulaBeginnings.contains) ?? false
        let cell = (isFormula ? "'" : "") + TerminalText.safe(text)
        guard cell.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? JSONWriter.string(value)
    }
}
