package import Messaging

/// Fills a batch: gives drafts their places in the log.
package struct BatchBuilder {
    package var batch: JournalBatch
    private let time: String
    /// The first record's id; those of the others are counted up from it (RFC 9562 section 6.2, method 2), since
    /// asking for random bytes costs more than all else about an id.
    private let firstID: MessageID

    package init(from head: LogHead, sources: JournalSources) {
        batch = JournalBatch(head: head)
        let now = sources.nowMicroseconds()
        time = RFC3339Time.text(unixMicroseconds: now)
        firstID = sources.makeID(atMicroseconds: now)
    }

    /// Appends a record and gives its number.
    @discardableResult
    package mutating func append(_ draft: RecordDraft) -> Int {
        append(RecordTail(draft))
    }

    /// Appends a record and gives its number.
    @discardableResult
    mutating func append(_ tail: RecordTail) -> Int {
        let number = batch.head.size + 1
        batch.records.append(
            batch.head.append(
                tail.body(
                    log: batch.head.log, number: number, id: firstID.advanced(by: batch.records.count), at: time
                ))
        )
        return number
    }

    /// Appends an intent.
    package mutating func open(_ intent: IntentSubmission) {
        let number = append(intent.tail)
        batch.opened.append(
            OpenedMessage(
                message: intent.message,
                intent: number,
                caller: intent.caller,
                conversation: intent.conversation,
                user: intent.user,
                sealed: intent.sealed
            )
        )
        if let claim = intent.newClaim { batch.claims.append(claim) }
        if var queued = intent.queued {
            queued.intent = number
            batch.queue.append(.add(queued))
        }
    }

    /// Appends what happened to a message in the queue.
    mutating func append(_ step: QueueStep) {
        append(step.tail)
        batch.queue.append(step.change)
    }

    /// Appends an outcome.
    mutating func close(_ outcome: OutcomeSubmission) {
        let number = append(outcome.tail)
        batch.closed.append(
            ClosedMessage(
                message: outcome.message, outcome: number, conversation: outcome.conversation, answer: outcome.answer
            )
        )
        if let change = outcome.queue { batch.queue.append(change) }
    }

    /// Appends an outcome that nobody reported.
    package mutating func close(_ message: MessageID, as outcome: Outcome, reason: RecordReason) {
        var draft = RecordDraft(.outcome)
        draft.outcome = outcome
        draft.reason = reason.rawValue
        // It may have been in the queue; where it wasn't, nothing is removed.
        close(OutcomeSubmission(draft, of: message, answer: nil, queue: .remove(message)))
    }

    /// Signs the log as it is now.
    package mutating func sign(with signer: CheckpointSigner, atMicroseconds now: Int64) throws {
        let head = batch.head
        batch.checkpoint = StoredCheckpoint(
            size: head.size,
            at: now,
            note: try signer.sign(head.checkpoint).description,
            frontier: head.tree.frontier
        )
    }
}
