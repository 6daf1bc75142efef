package import Messaging

/// A record of a message that waits in the queue, with what it changes there.
package final class QueueStep: Sendable {
    package let message: MessageID
    let tail: RecordTail
    let change: QueueChange

    package init(_ draft: RecordDraft, of message: MessageID, change: QueueChange) {
        var draft = draft
        draft.message = message
        self.message = message
        tail = RecordTail(draft)
        self.change = change
    }
}
