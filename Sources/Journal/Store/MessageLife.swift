package import Messaging

/// All that a journal holds of one message.
package struct MessageLife: Sendable, Hashable {
    package var message: MessageID
    package var caller: CallerName
    /// The bodies of its records.
    package var intent: [UInt8]
    package var outcome: [UInt8]?
    package var reconciliation: [UInt8]?
    /// Nil where it is not in the queue.
    package var queue: QueueState?
    /// Nil once it was erased.
    package var sealed: SealedContent?
    /// What the caller was told, where an idempotency key asked to keep it.
    package var answer: [UInt8]?

    package init(
        message: MessageID,
        caller: CallerName,
        intent: [UInt8],
        outcome: [UInt8]? = nil,
        reconciliation: [UInt8]? = nil,
        queue: QueueState? = nil,
        sealed: SealedContent? = nil,
        answer: [UInt8]? = nil
    ) {
        self.message = message
        self.caller = caller
        self.intent = intent
        self.outcome = outcome
        self.reconciliation = reconciliation
        self.queue = queue
        self.sealed = sealed
        self.answer = answer
    }

    /// In the words of the internal API.
    package var report: MessageReport {
        let intent = RecordView(self.intent)
        let outcome = self.outcome.flatMap(RecordView.init)
        var report = MessageReport(message: message)
        report.conversation = outcome?["conversation"] ?? intent?["conversation"]
        report.user = intent?["user"]
        report.acceptedAt = intent?["at"]
        report.outcome = outcome?["outcome"].flatMap(Outcome.init(rawValue:))
        report.reason = outcome?["reason"]
        report.endpoint = outcome?["endpoint"] ?? intent?["endpoint"]
        report.attempts = outcome?.integer("attempts")
        report.status = outcome?.integer("status")
        report.code = outcome?.integer("code")
        report.decidedAt = outcome?["at"]
        report.reconciled = reconciliation.flatMap(RecordView.init)?["reconciled"]
        if outcome == nil, let queue {
            report.isWaiting = queue.state == .waiting
            report.attempts = queue.attempts
            report.expiresAt = RFC3339Time.text(unixMicroseconds: queue.expires)
        }
        return report
    }
}
