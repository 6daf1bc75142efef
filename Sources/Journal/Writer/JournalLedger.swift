internal import Messaging

/// Decides what a batch of submissions writes: which intents are new, which repeat an idempotency key, when a
/// checkpoint is due. Knows which messages are under way. No I/O, no clock, no chance.
struct JournalLedger {
    private let signer: CheckpointSigner
    private let sealer: ContentSealer
    private let checkpointRecords: Int
    private let checkpointMicroseconds: Int64
    /// Messages whose intents are on disk and whose outcomes aren't, with the idempotency keys that they hold.
    private(set) var live: [MessageID: ClaimName?] = [:]
    private(set) var lastCheckpoint: Int
    /// When the first record behind the last checkpoint was written.
    private var unsignedSince: Int64?

    init(signer: CheckpointSigner, sealer: ContentSealer, settings: JournalSettings, lastCheckpoint: Int) {
        self.signer = signer
        self.sealer = sealer
        checkpointRecords = settings.checkpointRecords
        checkpointMicroseconds = Int64(settings.checkpointInterval / .microseconds(1))
        self.lastCheckpoint = lastCheckpoint
    }

    /// - Parameters:
    ///   - refusal: why no intent can be taken now; nil where they can.
    ///   - lost: reads and refusals that were not kept, to be recorded.
    func decide(
        _ submissions: [Submission],
        from head: LogHead,
        claims: [ClaimName: StoredClaim],
        refusingIntents refusal: JournalStoreError? = nil,
        lost: Int = 0,
        sources: JournalSources
    ) throws -> LedgerDecision {
        let now = sources.nowMicroseconds()
        var builder = BatchBuilder(from: head, sources: sources)
        var decision = LedgerDecision(batch: builder.batch)
        var taken: [ClaimName: IntentSubmission] = [:]
        for submission in submissions {
            switch submission {
            case .intent(let intent):
                let verdict = verdict(on: intent, claims: claims, taken: taken, refusal: refusal, now: now)
                if case .committed = verdict {
                    builder.open(intent)
                    decision.opened[intent.message] = .some(intent.claim?.name)
                    if let name = intent.claim?.name { taken[name] = intent }
                }
                decision.results.append(verdict)
            case .outcome(let outcome):
                if live[outcome.message] != nil, !decision.closed.contains(outcome.message) {
                    builder.close(outcome)
                    decision.closed.insert(outcome.message)
                }
                decision.results.append(.committed)
            case .note(let note):
                builder.append(note)
                decision.results.append(.committed)
            case .question(let intent):
                let verdict = verdict(on: intent, claims: claims, taken: taken, refusal: nil, now: now)
                decision.results.append(verdict)
            case .step(let step):
                guard live[step.message] != nil, !decision.closed.contains(step.message) else {
                    decision.results.append(.unavailable(JournalStoreError(.other, "the message is not open")))
                    continue
                }
                builder.append(step)
                decision.results.append(.committed)
            case .reconciliation(let message, let tail):
                builder.batch.reconciled[message] = builder.append(tail)
                decision.results.append(.committed)
            case .userTokens(let tokens):
                decision.results.append(JournalLedger.take(tokens, into: &builder, refusal: refusal))
            case .lookUp, .queued, .queue:
                // Answered without a batch.
                decision.results.append(.committed)
            }
        }
        if lost > 0 { builder.append(JournalLedger.loss(of: lost)) }
        if isCheckpointDue(at: builder.batch.head.size, now: now) {
            try builder.sign(with: signer, atMicroseconds: now)
        }
        decision.batch = builder.batch
        return decision
    }

    private static func take(
        _ tokens: UserTokensSubmission,
        into builder: inout BatchBuilder,
        refusal: JournalStoreError?
    ) -> JournalResult {
        if let refusal, tokens.isNew { return .unavailable(refusal) }
        if let tail = tokens.tail { builder.append(tail) }
        builder.batch.userTokens.append(tokens.change)
        return .committed
    }

    /// What an intent is told by its idempotency key alone; nil where that key is free.
    func verdict(on intent: IntentSubmission, given claim: StoredClaim?, now: Int64) -> JournalResult? {
        guard let wanted = intent.claim, let claim else { return nil }
        let isUnderWay = live[claim.message] != nil
        guard isUnderWay || claim.expires > now else { return nil }
        // Erased: nothing is left to compare with. Sending again would be worse than repeating the outcome.
        if let fingerprint = claim.fingerprint, let sealed = claim.life?.sealed {
            guard let key = sealer.recordKey(sealed, of: claim.message) else {
                return .unavailable(
                    JournalStoreError(.other, "the master key \(sealed.master ?? "") is not at hand")
                )
            }
            guard RequestFingerprint(of: wanted.request, recordKey: key) == fingerprint else { return .mismatch }
        }
        if let queue = claim.life?.queue, claim.life?.outcome == nil {
            return .waiting(claim.message, expires: queue.expires)
        }
        return isUnderWay || (claim.life != nil && claim.life?.outcome == nil) ? .inFlight : .replay(claim)
    }

    private func verdict(
        on intent: IntentSubmission,
        claims: [ClaimName: StoredClaim],
        taken: [ClaimName: IntentSubmission],
        refusal: JournalStoreError?,
        now: Int64
    ) -> JournalResult {
        if let claim = intent.claim, let other = taken[claim.name] {
            return other.claim?.request == claim.request ? .inFlight : .mismatch
        }
        let stored = intent.claim.flatMap { claims[$0.name] }
        if let verdict = verdict(on: intent, given: stored, now: now) { return verdict }
        return refusal.map { .unavailable($0) } ?? .committed
    }

    /// Called once a decision's batch is on disk.
    mutating func apply(_ decision: LedgerDecision, now: Int64) {
        live.merge(decision.opened) { _, new in new }
        for message in decision.closed { live[message] = nil }
        applied(decision.batch, now: now)
    }

    /// Called once a batch of another origin is on disk.
    mutating func applied(_ batch: JournalBatch, now: Int64) {
        for closed in batch.closed { live[closed.message] = nil }
        if let checkpoint = batch.checkpoint {
            lastCheckpoint = checkpoint.size
            unsignedSince = nil
        }
        if unsignedSince == nil, batch.head.size > lastCheckpoint { unsignedSince = now }
    }

    /// Called with the size of the log, where others may have written: what they or a crash left unsigned waits for a
    /// checkpoint as if it were written now.
    mutating func noticed(size: Int, now: Int64) {
        if size > lastCheckpoint, unsignedSince == nil { unsignedSince = now }
    }

    /// Messages that wait in the queue are open, whoever put them there.
    mutating func adopt(_ queue: [QueuedMessage]) {
        for queued in queue where queued.state == .waiting && live[queued.message] == nil {
            live[queued.message] = .some(nil)
        }
    }

    /// Forgets messages that the journal doesn't hold as open any more.
    mutating func forget(notIn open: Set<MessageID>) {
        live = live.filter { open.contains($0.key) }
    }

    func isCheckpointDue(at size: Int, now: Int64) -> Bool {
        guard size > lastCheckpoint else { return false }
        return size - lastCheckpoint >= checkpointRecords
            // A clock that was set back must not put a checkpoint off.
            || unsignedSince.map { now - $0 >= checkpointMicroseconds || $0 > now } ?? false
    }

    /// Microseconds until a checkpoint is due; nil where nothing waits for one.
    func checkpointDelay(now: Int64) -> Int64? {
        unsignedSince.map { max(0, $0 + checkpointMicroseconds - now) }
    }

    static func loss(of count: Int) -> RecordDraft {
        var draft = RecordDraft(.loss)
        draft.reason = RecordReason.pressure.rawValue
        draft.count = count
        return draft
    }
}
