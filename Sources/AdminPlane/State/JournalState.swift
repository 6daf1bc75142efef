/// How the audit trail fares.
package struct JournalState: Sendable, Hashable {
    /// The number of the last record on disk.
    package let records: Int
    /// Submissions that wait for its thread.
    package let waiting: Int
    /// Why nothing can be written; nil where it can.
    package let error: String?

    package init(records: Int, waiting: Int, error: String?) {
        (self.records, self.waiting, self.error) = (records, waiting, error)
    }
}
