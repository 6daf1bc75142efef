/// What a record is about. `docs/audit-trail.md` lists them.
package enum RecordKind: String, Sendable, Hashable, CaseIterable {
    /// A message or an upload token is about to be asked of Divar.
    case intent
    /// What became of it.
    case outcome
    /// A message that waited in the queue is about to be sent.
    case attempt
    /// It was proven not to have been sent, and is tried again later.
    case deferral
    /// An outcome that was unknown, settled by what the conversation shows.
    case reconciliation
    /// A conversation was read.
    case read
    /// A call was refused before there was an intent.
    case refusal
    /// The key of a message's content was destroyed.
    case erasure
    /// Records were removed because of their age.
    case pruning
    /// A user's tokens were stored, renewed or removed.
    case userTokens = "user-tokens"
    /// Another configuration is in force.
    case configuration
    /// Somebody is about to see a message's text.
    case look
    /// Records of reads and refusals were not kept.
    case loss
}
