internal import Messaging

/// Destroys contents and removes records by their age, a little at a time: a step is some ten milliseconds of the
/// journal's thread, between two batches. Also puts record keys under the newest master key.
struct JournalAgeing {
    private let contentAge: Duration?
    private let recordAge: Duration?
    private let sealer: ContentSealer
    private let signer: CheckpointSigner
    private let sources: JournalSources
    private var nextStep: Int64 = 0
    private var nextPruning: Int64 = 0
    private var prunedUpTo = 0
    private var isRewrapped = false
    private var rewrappedUpTo: MessageID?
    private var erasedSinceScrub = 0
    private var hasRemovals = false

    init(
        settings: JournalSettings,
        sealer: ContentSealer,
        signer: CheckpointSigner,
        sources: JournalSources
    ) {
        contentAge = settings.contentAge
        recordAge = settings.recordAge
        self.sealer = sealer
        self.signer = signer
        self.sources = sources
    }

    /// Also where the clock was set back.
    func isDue(at now: Int64) -> Bool {
        now >= nextStep || nextStep - now > Int64(JournalSettings.ageingInterval / .microseconds(1))
    }

    /// Something was removed of which nothing may be left in the engine's own logs.
    mutating func noteRemoval() {
        hasRemovals = true
        nextStep = 0
    }

    func delay(now: Int64) -> Duration { .microseconds(max(0, nextStep - now)) }

    /// Does one step; gives the batch that was written, if one was.
    mutating func step(
        in store: any JournalStore,
        observer: any JournalObserver
    ) throws(JournalStoreError) -> JournalBatch? {
        let now = sources.nowMicroseconds()
        var written: JournalBatch?
        let more: Bool
        if hasRemovals, try scrub(store) { hasRemovals = false }
        if let batch = try erase(in: store, now: now, observer: observer) {
            (written, more) = (batch, true)
        } else if let batch = try prune(in: store, now: now, observer: observer) {
            (written, more) = (batch, true)
        } else if let batch = try rewrap(in: store) {
            (written, more) = (batch, true)
        } else {
            more = try store.sweep(expiredBefore: now, limit: JournalSettings.ageingStep)
        }
        // While there is much to do, nine tenths of the time are left to sends.
        let pause: Duration = more ? .milliseconds(100) : JournalSettings.ageingInterval
        nextStep = now + Int64(pause / .microseconds(1))
        return written
    }

    private mutating func erase(
        in store: any JournalStore,
        now: Int64,
        observer: any JournalObserver
    ) throws(JournalStoreError) -> JournalBatch? {
        guard let contentAge else { return nil }
        let cut = now - Int64(contentAge / .microseconds(1))
        guard cut > 0 else { return nil }
        let old = try store.unerased(before: UInt64(cut / 1000), limit: JournalSettings.ageingStep)
        guard !old.isEmpty else {
            if erasedSinceScrub > 0 {
                guard try scrub(store) else { return nil }
                observer.aged(erased: erasedSinceScrub, prunedUpTo: nil)
                erasedSinceScrub = 0
            }
            return nil
        }
        var draft = RecordDraft(.erasure)
        draft.reason = RecordReason.retention.rawValue
        draft.count = old.count
        let batch = try commit(draft, in: store) { $0.erased = old }
        erasedSinceScrub += old.count
        return batch
    }

    /// Gives false where a reader is in the way; it is tried again.
    private func scrub(_ store: any JournalStore) throws(JournalStoreError) -> Bool {
        do throws(JournalStoreError) {
            try store.scrub()
            return true
        } catch {
            guard error.kind == .locked else { throw error }
            return false
        }
    }

    private mutating func prune(
        in store: any JournalStore,
        now: Int64,
        observer: any JournalObserver
    ) throws(JournalStoreError) -> JournalBatch? {
        guard let recordAge else { return nil }
        // A hundredth of the age at a time: each pruning is a record, too.
        let age = Int64(recordAge / .microseconds(1))
        let pause = max(1_000_000, age / 100)
        guard now >= nextPruning || nextPruning - now > pause else { return nil }
        nextPruning = now + pause
        // A log in which nothing else happens would remove its word about the last pruning, and say so, for ever.
        guard let checkpoint = try store.prunable(before: now - age), checkpoint.size > prunedUpTo + 1 else {
            return nil
        }
        prunedUpTo = checkpoint.size
        var draft = RecordDraft(.pruning)
        draft.reason = RecordReason.retention.rawValue
        draft.last = checkpoint.size
        // Signed in the same commit: an unsigned word about removed records would be anybody's.
        let batch = try commit(draft, isSigned: true, in: store) { $0.pruned = checkpoint }
        observer.aged(erased: 0, prunedUpTo: checkpoint.size)
        return batch
    }

    private mutating func rewrap(in store: any JournalStore) throws(JournalStoreError) -> JournalBatch? {
        guard !isRewrapped, let master = sealer.currentMaster else { return nil }
        let others = try store.wrapped(
            otherThan: master, after: rewrappedUpTo, limit: JournalSettings.ageingStep
        )
        guard let last = others.last else {
            isRewrapped = true
            return nil
        }
        rewrappedUpTo = last.message
        var rewrapped: [MessageID: SealedContent] = [:]
        for (message, sealed) in others {
            // What no key at hand opens stays as it is.
            if let anew = try? sealer.rewrapped(sealed, of: message) { rewrapped[message] = anew }
        }
        return try commit(nil, in: store) { $0.rewrapped = rewrapped }
    }

    private func commit(
        _ draft: RecordDraft?,
        isSigned: Bool = false,
        in store: any JournalStore,
        _ fill: (inout JournalBatch) -> Void
    ) throws(JournalStoreError) -> JournalBatch? {
        var written: JournalBatch?
        try store.commit(lookingUp: []) { head, _ in
            var builder = BatchBuilder(from: head, sources: sources)
            if let draft { builder.append(draft) }
            if isSigned { try builder.sign(with: signer, atMicroseconds: sources.nowMicroseconds()) }
            fill(&builder.batch)
            written = builder.batch
            return builder.batch
        }
        return written
    }
}
