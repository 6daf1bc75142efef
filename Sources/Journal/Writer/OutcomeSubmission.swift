package import Messaging

/// What is to be on disk before a caller is answered.
package final class OutcomeSubmission: Sendable {
    package let message: MessageID
    let tail: RecordTail
    /// The conversation that Divar named, where another was asked for.
    let conversation: String?
    /// What the caller is told, where an idempotency key asks to keep it.
    let answer: [UInt8]?
    /// What becomes of a message that was in the queue.
    let queue: QueueChange?

    package init(_ draft: RecordDraft, of message: MessageID, answer: [UInt8]?, queue: QueueChange? = nil) {
        var draft = draft
        draft.message = message
        self.message = message
        tail = RecordTail(draft)
        conversation = draft.conversation
        self.answer = answer
        self.queue = queue
    }
}
