package import Messaging

/// What a journal is asked to do.
package enum Submission: Sendable {
    /// To be on disk before a byte leaves.
    case intent(IntentSubmission)
    /// To be on disk before the caller is answered.
    case outcome(OutcomeSubmission)
    /// A read or a refusal: kept where there is room, counted where there isn't. Nobody waits for it.
    case note(RecordTail)
    case lookUp(MessageID)
    /// Only asks what the intent's idempotency key stands for; `committed` where it is free.
    case question(IntentSubmission)

    package static func outcome(_ draft: RecordDraft, of message: MessageID, answer: [UInt8]?) -> Submission {
        .outcome(OutcomeSubmission(draft, of: message, answer: answer))
    }

    package static func note(_ draft: RecordDraft) -> Submission {
        .note(RecordTail(draft))
    }
}
