/// Names with their values below one another, safe for a terminal.
enum AlignedRows {
    static func lines(_ rows: [(name: String, value: String)]) -> [String] {
        let safe = rows.map { (name: TerminalText.safe($0.name), value: TerminalText.safe($0.value)) }
        let width = safe.map { TerminalText.width($0.name) }.max() ?? 0
        return safe.map { row in
            row.name + String(repeating: " ", count: width - TerminalText.width(row.name)) + "  " + row.value
        }
    }
}
