/// What is to be on disk of a user's tokens, with the record that says what happened to them.
package final class UserTokensSubmission: Sendable {
    package let change: StoredTokensChange
    let tail: RecordTail?
    /// Whether it can be refused where space is low: what a service brings can, what is in use already can't.
    let isNew: Bool

    package init(_ change: StoredTokensChange, record: RecordDraft?, isNew: Bool) {
        (self.change, self.isNew) = (change, isNew)
        tail = record.map { RecordTail($0) }
    }
}
