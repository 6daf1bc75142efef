/// The forms in which entries are given to other systems.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    /// One object a line, with the members of the records.
    case jsonl
    case csv
    /// One object a line, in the schema of OCSF.
    case ocsf
}
