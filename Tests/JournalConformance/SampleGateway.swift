private import Crypto
package import Journal
package import Messaging

/// Writes into a journal what a gateway writes, one message or record at a time. Confined to one thread.
package final class SampleGateway {
    package let engine: any StoreUnderTest
    package let clock: SampleClock
    package let signer: CheckpointSigner
    package var sealer: ContentSealer

    package init(
        _ engine: any StoreUnderTest,
        clock: SampleClock = SampleClock(),
        sealer: ContentSealer = ContentSealer()
    ) throws {
        self.engine = engine
        self.clock = clock
        self.sealer = sealer
        signer = try SampleGateway.signer(of: engine.log)
    }

    package var store: any JournalStore { engine.store }

    /// The key of all sample logs, or another one.
    package static func signer(of log: LogID, seed: UInt8 = 1) throws -> CheckpointSigner {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: seed, count: 32))
        return CheckpointSigner(log: log, key: key)
    }

    // MARK: Submissions

    /// A send, accepted a millisecond after what came before.
    package func intent(
        _ text: String = "سلام",
        to target: String = "conversation",
        ofUser: Bool = false,
        by caller: String = "shop",
        key: String? = nil,
        lasting: Duration = .seconds(3600)
    ) throws -> IntentSubmission {
        clock.advance(by: .milliseconds(1))
        var record = RecordDraft(.intent)
        let name = try Expectation.some(CallerName(caller), "a caller's name")
        record.caller = name
        let draft = try MessageDraft(
            target: ofUser
                ? .user(Expectation.some(UserID(target), "a user"))
                : .conversation(Expectation.some(ConversationID(target), "a conversation")),
            sender: .bot,
            content: .text(text)
        )
        if ofUser { record.user = target } else { record.conversation = target }
        let claim = try key.map {
            (name: try Samples.claimName($0, of: caller), expires: clock.nowMicroseconds + micros(lasting))
        }
        return try IntentSubmission(
            message: clock.makeID(), record: record, draft: draft, sealer: sealer, claim: claim
        )
    }

    /// An intent without content.
    package func upload() -> IntentSubmission {
        clock.advance(by: .milliseconds(1))
        var record = RecordDraft(.intent)
        record.caller = .local
        return IntentSubmission(message: clock.makeID(), record: record)
    }

    package static func outcome(_ outcome: Outcome = .sent, conversation: String? = nil) -> RecordDraft {
        var draft = RecordDraft(.outcome)
        draft.outcome = outcome
        draft.conversation = conversation
        return draft
    }

    // MARK: Writing

    /// Commits one batch and gives it.
    @discardableResult
    package func commit(_ fill: (inout BatchBuilder) throws -> Void) throws -> JournalBatch {
        var written: JournalBatch?
        clock.advance(by: .milliseconds(1))
        try store.commit(lookingUp: []) { head, _ in
            var builder = BatchBuilder(from: head, sources: clock.sources)
            try fill(&builder)
            written = builder.batch
            return builder.batch
        }
        return try Expectation.some(written, "what was committed")
    }

    /// Commits intents in one batch.
    @discardableResult
    package func open(_ intents: IntentSubmission...) throws -> JournalBatch {
        try commit { builder in
            for intent in intents { builder.open(intent) }
        }
    }

    /// Commits a new send and gives it.
    package func send(_ text: String = "سلام", to target: String = "conversation") throws -> IntentSubmission {
        let intent = try intent(text, to: target)
        try open(intent)
        return intent
    }

    @discardableResult
    package func close(
        _ message: MessageID,
        as outcome: Outcome = .sent,
        answer: [UInt8]? = nil,
        conversation: String? = nil
    ) throws -> JournalBatch {
        try commit {
            SampleGateway.close(message, in: &$0, as: outcome, answer: answer, conversation: conversation)
        }
    }

    /// Puts an outcome into a batch.
    package static func close(
        _ message: MessageID,
        in builder: inout BatchBuilder,
        as outcome: Outcome = .sent,
        answer: [UInt8]? = nil,
        conversation: String? = nil
    ) {
        var draft = SampleGateway.outcome(outcome, conversation: conversation)
        draft.message = message
        let number = builder.append(draft)
        builder.batch.closed.append(
            ClosedMessage(message: message, outcome: number, conversation: conversation, answer: answer)
        )
    }

    /// Commits records that belong to no message, in one batch.
    package func note(_ count: Int = 1) throws {
        try commit { builder in
            for _ in 0..<count { builder.append(RecordDraft(.read)) }
        }
    }

    /// Commits a checkpoint over all that is there.
    @discardableResult
    package func sign() throws -> StoredCheckpoint {
        let batch = try commit { try $0.sign(with: signer, atMicroseconds: clock.nowMicroseconds) }
        return try Expectation.some(batch.checkpoint, "the checkpoint")
    }

    package func erase(_ messages: MessageID...) throws {
        try commit { builder in
            var draft = RecordDraft(.erasure)
            draft.count = messages.count
            builder.append(draft)
            builder.batch.erased = messages
        }
    }

    package func prune(_ checkpoint: StoredCheckpoint) throws {
        try commit { builder in
            var draft = RecordDraft(.pruning)
            draft.last = checkpoint.size
            builder.append(draft)
            builder.batch.pruned = checkpoint
        }
    }

    /// Sweeps until nothing is left, and gives the number of steps.
    @discardableResult
    package func sweep(limit: Int = 256) throws -> Int {
        for step in 1...1000 where try !store.sweep(expiredBefore: clock.nowMicroseconds, limit: limit) {
            return step
        }
        throw ConformanceFailure("a sweep doesn't end")
    }

    // MARK: Reading

    package func life(_ message: MessageID) throws -> MessageLife {
        try Expectation.some(try store.life(of: message), "the life of message \(message)")
    }

    /// Throws where the whole log, as it is stored, has a fault.
    package func verify() throws {
        if let fault = try ArchiveVerification.fault(in: engine.archive(), key: signer.verifierKey) {
            throw ConformanceFailure("the log does not verify: \(fault)")
        }
    }

    private func micros(_ duration: Duration) -> Int64 { Int64(duration / .microseconds(1)) }
}
