/// A submission with the one who waits for it.
struct JournalLetter: Sendable {
    let submission: Submission
    let client: (any JournalClient)?
    let ticket: UInt64

    var isLookUp: Bool {
        switch submission {
        case .lookUp, .queued, .queue: true
        case .intent, .outcome, .note, .question, .step, .reconciliation, .userTokens: false
        }
    }

    /// The idempotency key that it would use.
    var claimName: ClaimName? {
        switch submission {
        case .intent(let intent), .question(let intent): intent.claim?.name
        case .outcome, .note, .lookUp, .step, .reconciliation, .queued, .queue, .userTokens: nil
        }
    }
}
