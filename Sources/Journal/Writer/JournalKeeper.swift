internal import Messaging

/// What the journal's thread does: takes what waits, writes it in one transaction, tells who waits. Confined to it.
final class JournalKeeper {
    private let store: any JournalStore
    private let sealer: ContentSealer
    private let signer: CheckpointSigner
    private let settings: JournalSettings
    private let sources: JournalSources
    private let mailbox: JournalMailbox
    private let status: JournalStatus
    private let observer: any JournalObserver
    private var ledger: JournalLedger
    private var ageing: JournalAgeing
    private var failure: JournalFailure?
    private var lost = 0
    private var nextLossRecord: Int64 = 0

    init(
        store: any JournalStore,
        signer: CheckpointSigner,
        sealer: ContentSealer,
        settings: JournalSettings,
        sources: JournalSources,
        mailbox: JournalMailbox,
        status: JournalStatus,
        observer: any JournalObserver
    ) throws {
        (self.store, self.sealer, self.signer, self.settings) = (store, sealer, signer, settings)
        (self.sources, self.mailbox, self.status, self.observer) = (sources, mailbox, status, observer)
        let checkpoint = try store.lastCheckpoint()
        // The log goes on from there, so it has to be what this key signed.
        guard checkpoint.map({ SignedNote($0.note)?.isSigned(by: signer.verifierKey) == true }) ?? true else {
            throw JournalStoreError(
                .corrupt, "the last checkpoint is not signed by the journal's key; see audit verify")
        }
        ledger = JournalLedger(
            signer: signer, sealer: sealer, settings: settings, lastCheckpoint: checkpoint?.size ?? 0
        )
        ageing = JournalAgeing(settings: settings, sealer: sealer, signer: signer, sources: sources)
        status.note(records: try store.head().size)
    }

    /// Signs a log that is begun, so that records without any checkpoint have been tampered with and are not signed
    /// after the fact. Every message without an outcome was under way when the gateway ended.
    func begin() throws(JournalStoreError) {
        let size = try store.head().size
        if try store.lastCheckpoint() == nil {
            guard size == 0 else {
                throw JournalStoreError(
                    .corrupt, "the journal has \(size) records and no checkpoint; see audit verify")
            }
            try sign()
        }
        ledger.noticed(size: size, now: now)
        try settle(store.openMessages(), except: waitingMessages(), reason: .crash)
    }

    /// The messages in the queue of which no byte is under way.
    private func waitingMessages() throws(JournalStoreError) -> Set<MessageID> {
        var waiting: Set<MessageID> = []
        var last: MessageID?
        while true {
            let page = try store.queue(after: last, limit: settings.batch, withFailed: false)
            ledger.adopt(page.filter { !isRefused($0.message) })
            for queued in page where queued.state == .waiting { waiting.insert(queued.message) }
            guard let end = page.last else { return waiting }
            last = end.message
        }
    }

    private func sign() throws(JournalStoreError) {
        var batch: JournalBatch?
        try store.commit(lookingUp: []) { head, _ in
            var builder = BatchBuilder(from: head, sources: sources)
            if lost > 0 { builder.append(JournalLedger.loss(of: lost)) }
            try builder.sign(with: signer, atMicroseconds: now)
            batch = builder.batch
            return builder.batch
        }
        if let batch { ledger.applied(batch, now: now) }
    }

    func run() {
        while true {
            let (letters, isClosed) = mailbox.take(settings.batch, waiting: patience())
            if isClosed { break }
            if failure?.mayTryAgain(at: now) == true { recover() }
            lost += mailbox.takeLost()
            if failure == nil { write(letters) } else { refuse(letters) }
            if failure == nil { lookAfter() }
        }
        lost += mailbox.takeLost()
        end()
        mailbox.end()
    }

    private var now: Int64 { sources.nowMicroseconds() }

    /// How long the thread may sleep.
    private func patience() -> Duration {
        guard failure == nil else { return JournalSettings.recoveryInterval }
        let checkpoint = ledger.checkpointDelay(now: now).map { Duration.microseconds($0) }
        return min(JournalSettings.checkInterval, checkpoint ?? JournalSettings.checkInterval, ageing.delay(now: now))
    }

    // MARK: Writing

    private func write(_ letters: [JournalLetter]) {
        let refusal = spaceProblem(isIdle: letters.isEmpty)
        guard failure == nil else {
            refuse(letters)
            return
        }
        let writing = letters.filter { !$0.isLookUp }
        // Once a second, also where the clock was set back.
        let isLossDue = now >= nextLossRecord || nextLossRecord - now > 1_000_000
        let lost = isLossDue ? lost : 0
        let isDue = ledger.isCheckpointDue(at: status.records, now: now)
        if !writing.isEmpty || lost > 0 || isDue {
            let (began, first) = (ContinuousClock.now, status.records)
            do {
                var decision: LedgerDecision?
                try store.commit(lookingUp: writing.compactMap(\.claimName)) { head, claims in
                    let decided = try ledger.decide(
                        writing.map(\.submission), from: head, claims: claims, refusingIntents: refusal, lost: lost,
                        sources: sources
                    )
                    decision = decided
                    return decided.batch
                }
                // Whoever took the file away meanwhile took this batch, too.
                try store.checkPlace()
                if let decision {
                    observer.committed(
                        submissions: writing.count, records: decision.batch.head.size - first,
                        within: .now - began)
                    written(decision, lost: lost)
                    deliver(Array(zip(writing, decision.results)) + lookUps(letters))
                }
            } catch {
                fail(error, letters: letters, mayBeOnDisk: true)
            }
        } else {
            deliver(lookUps(letters))
        }
    }

    private func written(_ decision: LedgerDecision, lost count: Int) {
        ledger.apply(decision, now: now)
        status.note(records: decision.batch.head.size)
        if count > 0 {
            lost -= count
            nextLossRecord = now + 1_000_000
            observer.lost(count)
        }
        if decision.batch.userTokens.contains(where: \.isRemoval) { ageing.noteRemoval() }
        if let checkpoint = decision.batch.checkpoint { observer.signed(checkpoint) }
    }

    /// Why no intent is taken for want of space; outcomes go into what is kept free for them. Also looks whether the
    /// journal is where it was, which is how an idle gateway learns that it isn't.
    private func spaceProblem(isIdle: Bool) -> JournalStoreError? {
        do {
            if isIdle {
                try store.checkPlace()
                // What a command appended waits for a checkpoint, too.
                let size = try store.head().size
                ledger.noticed(size: size, now: now)
                status.note(records: size)
            }
            try store.checkSpace()
            if status.error?.kind == .lowSpace { observer.recovered() }
            status.note(nil)
            return nil
        } catch {
            if error.kind == .lowSpace {
                if status.error == nil { observer.failed(error) }
                status.note(error)
                return error
            }
            fail(error, letters: [])
            return error
        }
    }

    /// The answers to those letters that only ask.
    private func lookUps(_ letters: [JournalLetter]) -> [(JournalLetter, JournalResult)] {
        letters.compactMap { letter in
            do throws(JournalStoreError) {
                switch letter.submission {
                case .lookUp(let message): return (letter, .life(try store.life(of: message)))
                case .queued(let message):
                    return (letter, .queued(isOver(message) ? nil : try store.queued(message)))
                case .queue(let last, let limit):
                    let page = try store.queue(after: last, limit: limit, withFailed: false)
                    let waiting = page.filter { !isOver($0.message) }
                    ledger.adopt(waiting)
                    return (letter, .queue(waiting, next: page.count < limit ? nil : page.last?.message))
                case .intent, .outcome, .note, .question, .step, .reconciliation, .userTokens: return nil
                }
            } catch {
                return (letter, .unavailable(error))
            }
        }
    }

    /// Whether a message that is in the queue on disk isn't any more.
    private func isOver(_ message: MessageID) -> Bool { isRefused(message) || failure?.owes(message) == true }

    /// Whether its caller was told that it wasn't accepted, though it may be on disk.
    private func isRefused(_ message: MessageID) -> Bool { failure?.isRefused(message) ?? false }

    private func deliver(_ results: some Sequence<(JournalLetter, JournalResult)>) {
        var clients: [ObjectIdentifier: (any JournalClient, [(ticket: UInt64, result: JournalResult)])] = [:]
        for (letter, result) in results {
            guard let client = letter.client else { continue }
            clients[ObjectIdentifier(client), default: (client, [])].1.append((letter.ticket, result))
        }
        for (client, results) in clients.values { client.deliver(results) }
    }
}

extension JournalKeeper {
    // MARK: Failing and healing

    private func fail(_ error: JournalStoreError, letters: [JournalLetter], mayBeOnDisk: Bool = false) {
        if failure == nil {
            failure = JournalFailure(error: error)
            observer.failed(error)
        }
        status.note(error)
        failure?.tried(at: now, with: error)
        refuse(letters, mayBeOnDisk: mayBeOnDisk)
    }

    /// Answers what can't be written. Outcomes are kept for later.
    private func refuse(_ letters: [JournalLetter], mayBeOnDisk: Bool = false) {
        let error = failure?.error ?? JournalStoreError(.other, "the journal failed")
        let now = now
        deliver(
            lookUps(letters)
                + letters.filter { !$0.isLookUp }.map { letter in
                    switch letter.submission {
                    case .intent(let intent):
                        failure?.refused(intent)
                        if let verdict = verdictOnDisk(intent, now: now) { return (letter, verdict) }
                        return (letter, .unavailable(error, mayBeOnDisk: mayBeOnDisk))
                    case .question(let intent):
                        if let verdict = verdictOnDisk(intent, now: now) { return (letter, verdict) }
                    case .outcome(let outcome):
                        if ledger.live[outcome.message] != nil { failure?.keep(outcome) }
                    case .note: lost += 1
                    case .lookUp, .step, .reconciliation, .queued, .queue, .userTokens: break
                    }
                    return (letter, .unavailable(error))
                }
        )
    }

    /// A key that was used before has its answer on disk.
    private func verdictOnDisk(_ intent: IntentSubmission, now: Int64) -> JournalResult? {
        guard let name = intent.claim?.name, let claim = try? store.claim(name),
            failure?.isRefused(claim.message) != true
        else { return nil }
        return ledger.verdict(on: intent, given: claim, now: now)
    }

    private func recover() {
        guard var failure else { return }
        do {
            try store.recover()
            // What a command put into the queue meanwhile isn't in doubt.
            _ = try waitingMessages()
            let open = Set(try store.openMessages())
            var batch: JournalBatch?
            try store.commit(lookingUp: []) { head, _ in
                let made = failure.batch(from: head, open: open, live: ledger.live, sources: sources)
                batch = made
                return made
            }
            try store.checkPlace()
            self.failure = nil
            if let batch { ledger.applied(batch, now: now) }
            ledger.forget(notIn: open)
            status.note(records: batch?.head.size ?? status.records)
            status.note(nil)
            observer.recovered()
        } catch {
            failure.tried(at: now, with: error)
            self.failure = failure
            status.note(error)
        }
    }

    private func settle(
        _ open: [MessageID], except waiting: Set<MessageID>, reason: RecordReason
    ) throws(JournalStoreError) {
        let messages = open.filter { !waiting.contains($0) }
        for start in stride(from: 0, to: messages.count, by: settings.batch) {
            var batch: JournalBatch?
            try store.commit(lookingUp: []) { head, _ in
                var builder = BatchBuilder(from: head, sources: sources)
                for message in messages[start..<min(start + settings.batch, messages.count)] {
                    builder.close(message, as: .unknown, reason: reason)
                }
                batch = builder.batch
                return builder.batch
            }
            if let batch {
                ledger.applied(batch, now: now)
                status.note(records: batch.head.size)
            }
        }
        if !messages.isEmpty { observer.settled(messages.count, reason: reason) }
    }

    // MARK: Time

    private func lookAfter() {
        guard ageing.isDue(at: now) else { return }
        do {
            if let batch = try ageing.step(in: store, observer: observer) {
                ledger.applied(batch, now: now)
                status.note(records: batch.head.size)
            }
        } catch {
            fail(error, letters: [])
        }
    }

    private func end() {
        for _ in 0..<2 where failure != nil { recover() }
        guard failure == nil else {
            // What is owed can't be written; the next start calls it unknown, which it then is.
            store.close()
            return
        }
        do throws(JournalStoreError) {
            // What has an outcome on disk, though its commit threw, is left alone.
            let open = try store.openMessages().filter { ledger.live[$0] != nil }
            try settle(open, except: waitingMessages(), reason: .shutdown)
            let size = try store.head().size
            if lost > 0 || size > ledger.lastCheckpoint { try sign() }
        } catch {
            observer.failed(error)
        }
        store.close()
    }
}
