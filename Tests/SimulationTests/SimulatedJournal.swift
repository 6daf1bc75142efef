import JournalConformance
import Messaging
import SeededCases

@testable import Journal

/// What the journal's thread does, in virtual time: a batch of what waits, a sync, the answers. One life of a gateway.
final class SimulatedJournal {
    private let world: World
    private let disk: SimulatedDisk
    private let epoch: Int
    private var ledger: JournalLedger
    private var waiting: [(submission: Submission, completion: (JournalResult) -> Void)] = []
    private var failure: JournalFailure?
    private var isWriting = false

    init(world: World, epoch: Int) throws {
        (self.world, disk, self.epoch) = (world, world.disk, epoch)
        ledger = JournalLedger(
            signer: try SampleGateway.signer(of: disk.file.log), sealer: ContentSealer(),
            settings: World.journalSettings,
            lastCheckpoint: 0
        )
        try begin()
    }

    var store: InMemoryJournal { disk.store }

    /// As `JournalKeeper.begin`: what waits goes on, all else that has no outcome was under way.
    private func begin() throws {
        let queue = store.queue(after: nil, limit: .max, withFailed: true)
        ledger.adopt(queue)
        let waiting = Set(queue.filter { $0.state == .waiting }.map(\.message))
        let open = store.openMessages().filter { !waiting.contains($0) }
        guard !open.isEmpty else { return }
        try store.commit(lookingUp: []) { head, _ in
            var builder = BatchBuilder(from: head, sources: world.schedule.clock.sources)
            for message in open { builder.close(message, as: .unknown, reason: .crash) }
            return builder.batch
        }
    }

    func submit(_ submission: Submission, _ completion: @escaping (JournalResult) -> Void) {
        waiting.append((submission, completion))
        world.schedule.after(0) { [self] in pump() }
    }

    private var isAlive: Bool { world.epoch == epoch }

    private func pump() {
        guard isAlive, !isWriting, !waiting.isEmpty else { return }
        let letters = waiting
        waiting = []
        guard failure == nil else { return refuse(letters) }
        var claims: [ClaimName: StoredClaim] = [:]
        for (submission, _) in letters {
            if case .intent(let intent) = submission, let name = intent.claim?.name { claims[name] = store.claim(name) }
        }
        let decision: LedgerDecision
        do {
            decision = try ledger.decide(
                letters.map(\.submission), from: store.head(), claims: claims, sources: world.schedule.clock.sources)
        } catch {
            return world.findings.require(false, "the ledger throws: \(error)")
        }
        isWriting = true
        disk.begin(decision.batch)
        let fails = !world.isCalm && world.random.chance(1, in: 40)
        let reaches = !fails || world.random.chance(1, in: 2)
        if world.plant == .answersWhatIsNotSynced { deliver(letters, decision) }
        world.schedule.after(Int64(100 + world.random.below(20_000))) { [self] in
            guard isAlive else { return }
            isWriting = false
            do { try disk.end(isLost: !reaches) } catch { world.findings.require(false, "the disk throws: \(error)") }
            if fails {
                fail(letters)
            } else {
                ledger.apply(decision, now: world.schedule.now)
                if world.plant != .answersWhatIsNotSynced { deliver(letters, decision) }
            }
            pump()
        }
    }

    private func deliver(
        _ letters: [(submission: Submission, completion: (JournalResult) -> Void)], _ decision: LedgerDecision
    ) {
        for ((submission, completion), result) in zip(letters, decision.results) {
            if case .queued(let message) = submission {
                completion(.queued(store.queued(message)))
            } else {
                completion(result)
            }
        }
    }

    private func fail(_ letters: [(submission: Submission, completion: (JournalResult) -> Void)]) {
        failure = JournalFailure(error: JournalStoreError(.other, "simulated"))
        refuse(letters)
        world.schedule.after(200_000) { [self] in recover() }
    }

    private func refuse(_ letters: [(submission: Submission, completion: (JournalResult) -> Void)]) {
        for (submission, completion) in letters {
            switch submission {
            case .intent(let intent): failure?.refused(intent)
            case .outcome(let outcome): if ledger.live[outcome.message] != nil { failure?.keep(outcome) }
            default: break
            }
            completion(.unavailable(JournalStoreError(.other, "simulated")))
        }
    }

    private func recover() {
        guard isAlive, let failure else { return }
        let open = Set(store.openMessages())
        do {
            var written: JournalBatch?
            try store.commit(lookingUp: []) { head, _ in
                let batch = failure.batch(
                    from: head, open: open, live: ledger.live, sources: world.schedule.clock.sources)
                written = batch
                return batch
            }
            self.failure = nil
            if let written { ledger.applied(written, now: world.schedule.now) }
            ledger.forget(notIn: open)
        } catch {
            world.findings.require(false, "recovery throws: \(error)")
        }
        pump()
    }
}
