/// A submission with the one who waits for it.
struct JournalLetter: Sendable {
    let submission: Submission
    let client: (any JournalClient)?
    let ticket: UInt64

    var isLookUp: Bool {
        if case .lookUp = submission { true } else { false }
    }

    /// The idempotency key that it would use.
    var claimName: ClaimName? {
        if case .intent(let intent) = submission { intent.claim?.name } else { nil }
    }
}
