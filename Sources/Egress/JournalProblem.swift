internal import Journal
internal import Messaging

/// What a caller is told where the journal stands in the way.
enum JournalProblem {
    /// The queue in front of the journal is full.
    static let full = Problem(
        .overloaded, detail: "Too many calls wait for the audit trail.", retryAfterSeconds: 1
    )

    static let noRandomness = Problem(.internal, detail: "The system gave no random bytes.")

    /// What a journal answers that takes nothing any more.
    static let closed = JournalResult.unavailable(JournalStoreError(.other, "the gateway is stopping"))

    /// Nil where there is no problem with the journal.
    static func of(_ result: JournalResult) -> Problem? {
        switch result {
        case .committed, .life, .queued, .queue: nil
        case .replay: Problem(.internal, detail: "The journal gave an answer to another question.")
        case .inFlight:
            Problem(
                .idempotencyKeyInUse,
                detail: "A call with this Idempotency-Key is under way; its outcome is not known yet.",
                retryAfterSeconds: 1
            )
        case .waiting(let message, _):
            Problem(
                .idempotencyKeyInUse,
                detail: "The message of this Idempotency-Key waits in the queue, as \(message).",
                retryAfterSeconds: 1
            )
        case .mismatch:
            Problem(
                .idempotencyKeyReused,
                detail: "This Idempotency-Key was used for another message; a key stands for one message."
            )
        case .unavailable(let error, _):
            Problem(
                .journalUnavailable,
                detail: "The audit trail can not be written (\(error.kind.rawValue)).",
                retryAfterSeconds: 1
            )
        }
    }
}
