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
    /// To be on disk before a queued message is under way, or waits again.
    case step(QueueStep)
    /// What became of a message whose outcome was unknown.
    case reconciliation(MessageID, RecordTail)
    case queued(MessageID)
    /// A page of the queue, without what failed.
    case queue(after: MessageID?, limit: Int)
    /// Only asks what the intent's idempotency key stands for; `committed` where it is free.
    case question(IntentSubmission)
    /// Users' tokens: to be on disk before they are used, or before it is said that they are gone.
    case userTokens(UserTokensSubmission)

    package static func outcome(
        _ draft: RecordDraft, of message: MessageID, answer: [UInt8]?, queue: QueueChange? = nil
    )
        -> Submission
    {
        .outcome(OutcomeSubmission(draft, of: message, answer: answer, queue: queue))
    }

    package static func step(_ draft: RecordDraft, of message: MessageID, change: QueueChange) -> Submission {
        .step(QueueStep(draft, of: message, change: change))
    }

    package static func reconciliation(_ draft: RecordDraft, of message: MessageID) -> Submission {
        var draft = draft
        draft.message = message
        return .reconciliation(message, RecordTail(draft))
    }

    package static func note(_ draft: RecordDraft) -> Submission {
        .note(RecordTail(draft))
    }
}
