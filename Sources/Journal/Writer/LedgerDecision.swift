internal import Messaging

/// What is to be written for a number of submissions, and what they are told once it is.
struct LedgerDecision {
    var batch: JournalBatch
    /// One for each submission, in their order.
    var results: [JournalResult] = []
    var opened: [MessageID: ClaimName?] = [:]
    var closed: Set<MessageID> = []
}
