import JournalConformance
import Messaging
import SeededCases
import Testing

@testable import Journal

@Suite struct JournalLedgerTests {
    // MARK: Idempotency

    @Test func `a key that is free is taken, and its message is under way until its outcome`() throws {
        var rig = try LedgerRig()
        let intent = try rig.gateway.intent(key: "k")
        #expect(try rig.commit(.intent(intent)).results.map(\.word) == ["committed"])
        #expect(rig.ledger.live.keys.contains(intent.message))
        #expect(rig.store.claim(try Samples.claimName("k"))?.message == intent.message)
        #expect(try rig.commit(LedgerRig.sent(intent.message)).results.map(\.word) == ["committed"])
        #expect(rig.ledger.live.isEmpty)
        #expect(rig.store.openMessages().isEmpty)
    }

    @Test func `the same send twice in one batch is sent once`() throws {
        var rig = try LedgerRig()
        let intents = try (0..<3).map { _ in try rig.gateway.intent("same", key: "k") }
        let other = try rig.gateway.intent("other", key: "k")
        let free = try rig.gateway.intent("same", key: "k2")
        let elsewhere = try rig.gateway.intent("same", by: "another", key: "k")
        let decision = try rig.commit(
            .intent(intents[0]), .intent(intents[1]), .intent(other), .intent(free), .intent(elsewhere),
            .intent(intents[2]))
        #expect(
            decision.results.map(\.word) == [
                "committed", "in flight", "mismatch", "committed", "committed", "in flight",
            ]
        )
        #expect(rig.store.openMessages() == [intents[0], free, elsewhere].map(\.message))
        #expect(decision.batch.records.count == 3)
    }

    @Test func `the same send in a later batch is in flight, then it is replayed`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k")
        try rig.commit(.intent(first))
        let (same, other) = (try rig.gateway.intent("same", key: "k"), try rig.gateway.intent("other", key: "k"))
        #expect(try rig.commit(.intent(same), .intent(other)).results.map(\.word) == ["in flight", "mismatch"])
        try rig.commit(LedgerRig.sent(first.message, answer: [1, 2]))
        let decision = try rig.commit(.intent(same), .intent(other))
        #expect(decision.results.map(\.word) == ["replay", "mismatch"])
        #expect(decision.batch.records.isEmpty)
        guard case .replay(let claim) = decision.results[0] else { return }
        #expect(claim.message == first.message)
        #expect(claim.life?.answer == [1, 2])
        #expect(claim.life?.report.outcome == .sent)
    }

    @Test func `to whom and in whose name is part of what a key stands for`() throws {
        var rig = try LedgerRig()
        try rig.commit(.intent(try rig.gateway.intent("t", to: "a", key: "k")))
        let others = [
            try rig.gateway.intent("t", to: "b", key: "k"),
            try rig.gateway.intent("t", to: "a", ofUser: true, key: "k"),
        ]
        for intent in others { #expect(try rig.commit(.intent(intent)).results.map(\.word) == ["mismatch"]) }
    }

    @Test func `a key that expired is free, but not while its message is under way`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k", lasting: .seconds(10))
        try rig.commit(.intent(first))
        rig.gateway.clock.advance(by: .seconds(60))
        let second = try rig.gateway.intent("same", key: "k")
        let other = try rig.gateway.intent("other", key: "k")
        #expect(try rig.commit(.intent(second), .intent(other)).results.map(\.word) == ["in flight", "mismatch"])
        try rig.commit(LedgerRig.sent(first.message))
        #expect(try rig.commit(.intent(other), .intent(second)).results.map(\.word) == ["committed", "mismatch"])
        #expect(rig.store.claim(try Samples.claimName("k"))?.message == other.message)
    }

    @Test func `a key holds until the microsecond of its end`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k", lasting: .seconds(10))
        let end = try #require(first.claim?.expires)
        try rig.commit(.intent(first))
        try rig.commit(LedgerRig.sent(first.message))
        let again = try rig.gateway.intent("same", key: "k")
        rig.gateway.clock.advance(by: .microseconds(end - rig.now - 1))
        #expect(try rig.decide([.intent(again)]).results.map(\.word) == ["replay"])
        rig.gateway.clock.advance(by: .microseconds(1))
        #expect(try rig.decide([.intent(again)]).results.map(\.word) == ["committed"])
    }

    @Test func `an erased message's key is answered whatever is asked for`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k")
        try rig.commit(.intent(first))
        try rig.commit(LedgerRig.sent(first.message))
        try rig.store.commit(lookingUp: []) { head, _ in
            var batch = JournalBatch(head: head)
            batch.erased = [first.message]
            return batch
        }
        for text in ["same", "other"] {
            #expect(try rig.commit(.intent(try rig.gateway.intent(text, key: "k"))).results.map(\.word) == ["replay"])
        }
    }

    @Test func `a message that a crash left open keeps its key in flight`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k")
        try rig.commit(.intent(first))
        rig.ledger.forget(notIn: [])
        let again = try rig.gateway.intent("same", key: "k")
        #expect(try rig.decide([.intent(again)]).results.map(\.word) == ["in flight"])
    }

    @Test func `without the master key nobody can say whether it is the same`() throws {
        let keys = try (1...2).map { try Samples.masterKey($0) }
        var rig = try LedgerRig(sealer: ContentSealer(masterKeys: [keys[0]]))
        let first = try rig.gateway.intent("same", key: "k")
        try rig.commit(.intent(first))
        let again = try rig.gateway.intent("same", key: "k")
        #expect(try rig.decide([.intent(again)]).results.map(\.word) == ["in flight"])
        rig.ledger = JournalLedger(
            signer: rig.gateway.signer, sealer: ContentSealer(masterKeys: [keys[1]]), settings: JournalSettings(),
            lastCheckpoint: 0)
        #expect(try rig.decide([.intent(again)]).results.map(\.word) == ["unavailable: failed"])
    }

    // MARK: Refusing, losing

    @Test func `where intents are refused, what a key says goes before`() throws {
        var rig = try LedgerRig()
        let first = try rig.gateway.intent("same", key: "k")
        let open = try rig.gateway.intent("open")
        try rig.commit(.intent(first), .intent(open))
        try rig.commit(LedgerRig.sent(first.message))
        let decision = try rig.commit(
            .intent(try rig.gateway.intent("same", key: "k")), .intent(try rig.gateway.intent("new")),
            .intent(try rig.gateway.intent("new", key: "k3")), LedgerRig.sent(open.message),
            .note(RecordDraft(.read)), refusing: JournalStoreError(.lowSpace, ""))
        let low = "unavailable: free space under the floor"
        #expect(decision.results.map(\.word) == ["replay", low, low, "committed", "committed"])
        #expect(decision.batch.records.count == 2)
        #expect(rig.store.openMessages().isEmpty)
        #expect(rig.store.claim(try Samples.claimName("k3")) == nil)
    }

    @Test func `what was lost is recorded behind what was not`() throws {
        var rig = try LedgerRig()
        let decision = try rig.commit(.note(RecordDraft(.refusal)), lost: 17)
        let views = decision.batch.records.map { RecordView($0.body) }
        #expect(views.map { $0?["kind"] } == ["refusal", "loss"])
        #expect(views[1]?.integer("count") == 17)
        #expect(views[1]?["reason"] == "pressure")
    }

    @Test func `an outcome of a message that isn't under way is not written`() throws {
        var rig = try LedgerRig()
        let intent = try rig.gateway.intent()
        try rig.commit(.intent(intent))
        try rig.commit(LedgerRig.sent(intent.message))
        let decision = try rig.commit(LedgerRig.sent(intent.message), LedgerRig.sent(rig.gateway.clock.makeID()))
        #expect(decision.results.map(\.word) == ["committed", "committed"])
        #expect(decision.batch.records.isEmpty)
    }

    @Test func `an outcome that comes twice in one batch is written once`() throws {
        var rig = try LedgerRig()
        let intent = try rig.gateway.intent()
        try rig.commit(.intent(intent))
        let decision = try rig.commit(LedgerRig.sent(intent.message), LedgerRig.sent(intent.message))
        #expect(decision.results.count == 2)
        #expect(decision.batch.records.count == 1)
    }

    // MARK: Checkpoints

    @Test func `a checkpoint is due after so many records`() throws {
        var settings = JournalSettings()
        settings.checkpointRecords = 5
        var rig = try LedgerRig(settings: settings)
        var sizes: [Int] = []
        for _ in 0..<17 {
            let decision = try rig.commit(.note(RecordDraft(.read)))
            if let checkpoint = decision.batch.checkpoint {
                sizes.append(checkpoint.size)
                #expect(checkpoint.head == decision.batch.head)
                #expect(SignedNote(checkpoint.note)?.isSigned(by: rig.gateway.signer.verifierKey) == true)
            }
        }
        #expect(sizes == [5, 10, 15])
    }

    @Test func `a checkpoint is due some time after the first record behind the last`() throws {
        var rig = try LedgerRig()
        #expect(rig.ledger.checkpointDelay(now: rig.now) == nil)
        try rig.commit(.note(RecordDraft(.read)))
        #expect(rig.ledger.checkpointDelay(now: rig.now) == 10_000_000)
        rig.gateway.clock.advance(by: .seconds(9))
        #expect(try rig.commit(.note(RecordDraft(.read))).batch.checkpoint == nil)
        #expect(rig.ledger.checkpointDelay(now: rig.now) == 1_000_000)
        rig.gateway.clock.advance(by: .seconds(1))
        #expect(rig.ledger.isCheckpointDue(at: 2, now: rig.now))
        #expect(try rig.commit().batch.checkpoint?.size == 2)
        #expect(rig.ledger.checkpointDelay(now: rig.now) == nil)
        #expect(!rig.ledger.isCheckpointDue(at: 2, now: rig.now + 100_000_000))
    }
}
