/// Writes all entries of a listing in one of the forms, oldest first, one at a time.
package struct EntryExport {
    private let format: ExportFormat
    private let version: String

    /// - Parameter version: that of this program.
    package init(_ format: ExportFormat, version: String) {
        self.format = format
        self.version = version
    }

    /// - Parameters:
    ///   - progress: how many record numbers were looked at, and how many there are.
    ///   - emit: takes whole lines with their ends.
    /// - Returns: how many entries there were.
    package func run(
        _ reader: EntryReader,
        progress: (Int, Int) -> Void = { _, _ in },
        emit: (String) throws -> Void
    ) throws -> Int {
        var count = 0
        if format == .csv { try emit(EntryCSV.header) }
        try reader.forEach(progress: progress) { entry in
            count += 1
            try emit(line(of: entry))
        }
        return count
    }

    private func line(of entry: AuditEntry) -> String {
        switch format {
        case .jsonl: EntryJSON.line(entry) + "\n"
        case .csv: EntryCSV.line(entry)
        case .ocsf: EntryJSON.text(OCSFEvent(entry, version: version).value) + "\n"
        }
    }
}
