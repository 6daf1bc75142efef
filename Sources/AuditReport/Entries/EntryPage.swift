/// A part of a listing.
package struct EntryPage: Sendable, Hashable {
    package let entries: [AuditEntry]
    /// The number below which the next page begins; nil where there is none.
    package let next: Int?
}
