import JournalConformance
import Messaging
import Testing

@testable import Journal

/// What the ledger makes of messages in the queue.
@Suite struct QueueStepTests {
    @Test func `a message is in the queue with its intent, under the number of that`() throws {
        var rig = try LedgerRig()
        try rig.commit(.note(RecordDraft(.read)))
        let intent = try QueueSamples.intent(rig.gateway)
        #expect(try rig.commit(.intent(intent)).results.map(\.word) == ["committed"])
        let queued = try #require(rig.store.queued(intent.message))
        #expect(queued.intent == 2)
        #expect(queued.state == .waiting)
        #expect(queued.payload == [1, 2, 3])
        #expect(rig.store.openMessages() == [intent.message])
        #expect(rig.ledger.live.keys.contains(intent.message))
    }

    @Test func `a message that is refused is not in the queue`() throws {
        var rig = try LedgerRig()
        let low = JournalStoreError(.lowSpace, "")
        try rig.commit(.intent(try QueueSamples.intent(rig.gateway)), refusing: low)
        #expect(rig.store.queue(after: nil, limit: 9, withFailed: true).isEmpty)
    }

    @Test func `each step of an open message is written with what it changes`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway)
        try rig.commit(.intent(intent))
        let begun = try rig.commit(QueueSamples.attempt(intent))
        #expect(begun.results.map(\.word) == ["committed"])
        #expect(rig.store.queued(intent.message)?.state == .attempting)
        try rig.commit(QueueSamples.deferral(intent, attempts: 3))
        #expect(rig.store.queued(intent.message)?.state == .waiting)
        #expect(rig.store.queued(intent.message)?.attempts == 3)
        #expect(rig.store.openMessages() == [intent.message])
        try rig.commit(QueueSamples.attempt(intent, attempts: 3))
        let ended = try rig.commit(QueueSamples.sent(intent))
        #expect(ended.batch.records.map { RecordView($0.body)?["kind"] } == ["outcome"])
        #expect(rig.store.queued(intent.message) == nil)
        #expect(rig.store.openMessages().isEmpty)
        let views = begun.batch.records.map { RecordView($0.body) }
        #expect(views.map { $0?["kind"] } == ["attempt"])
        #expect(views[0]?["message"] == intent.message.description)
    }

    @Test func `a message that is not sent stays in the queue as failed, and is open no longer`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway)
        try rig.commit(.intent(intent))
        try rig.commit(QueueSamples.failed(intent))
        #expect(rig.store.queued(intent.message)?.state == .failed)
        #expect(rig.store.openMessages().isEmpty)
        #expect(rig.ledger.live.isEmpty)
    }

    // MARK: Refused

    @Test func `a step of a message that isn't open is refused and changes nothing`() throws {
        var rig = try LedgerRig()
        let (ended, failed) = (try QueueSamples.intent(rig.gateway), try QueueSamples.intent(rig.gateway))
        let stranger = try QueueSamples.intent(rig.gateway)
        try rig.commit(.intent(ended), .intent(failed))
        try rig.commit(QueueSamples.sent(ended), QueueSamples.failed(failed))
        for intent in [ended, failed, stranger] {
            for step in [QueueSamples.attempt(intent), QueueSamples.deferral(intent)] {
                let decision = try rig.commit(step)
                #expect(decision.results.map(\.word) == ["unavailable: failed"])
                #expect(decision.batch.records.isEmpty)
                #expect(decision.batch.queue.isEmpty)
            }
        }
        #expect(rig.store.queued(ended.message) == nil)
        #expect(rig.store.queued(failed.message)?.state == .failed)
    }

    @Test func `of an end and a step in one batch the end stands`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway)
        try rig.commit(.intent(intent))
        let decision = try rig.commit(QueueSamples.failed(intent), QueueSamples.attempt(intent))
        #expect(decision.results.map(\.word) == ["committed", "unavailable: failed"])
        #expect(decision.batch.records.count == 1)
        #expect(rig.store.queued(intent.message)?.state == .failed)
    }

    @Test func `of two ends only the first says what becomes of the place in the queue`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway)
        try rig.commit(.intent(intent))
        try rig.commit(QueueSamples.sent(intent), QueueSamples.failed(intent))
        #expect(rig.store.queued(intent.message) == nil)
        try rig.commit(QueueSamples.failed(intent))
        #expect(rig.store.queued(intent.message) == nil)
    }

    // MARK: Keys

    @Test func `the key of a message in the queue is answered by the message, for the same send`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway, key: "k")
        try rig.commit(.intent(intent))
        for step in [QueueSamples.attempt(intent), QueueSamples.deferral(intent)] {
            let decision = try rig.decide([
                .intent(try QueueSamples.intent(rig.gateway, key: "k")),
                .intent(try rig.gateway.intent("text", key: "k")),
                .intent(try QueueSamples.intent(rig.gateway, "another", key: "k")),
            ])
            #expect(decision.results.map(\.word) == ["waiting", "waiting", "mismatch"])
            #expect(decision.batch.records.isEmpty)
            guard case .waiting(let message, let expires) = decision.results[0] else { return }
            #expect(message == intent.message)
            #expect(expires == intent.queued?.expires)
            try rig.commit(step)
        }
        try rig.commit(QueueSamples.sent(intent))
        let again = try rig.decide([.intent(try QueueSamples.intent(rig.gateway, key: "k"))])
        #expect(again.results.map(\.word) == ["replay"])
    }

    @Test func `the key of a message that failed is answered by its end, though it is still in the queue`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway, key: "k")
        try rig.commit(.intent(intent))
        try rig.commit(QueueSamples.failed(intent))
        let again = try rig.decide([.intent(try QueueSamples.intent(rig.gateway, key: "k"))])
        guard case .replay(let claim) = again.results[0] else {
            Issue.record("\(again.results[0].word)")
            return
        }
        #expect(claim.life?.report.outcome == .notSent)
    }

    // MARK: From elsewhere

    @Test func `what somebody else put into the queue can be sent once it was seen`() throws {
        var rig = try LedgerRig()
        let intents = try (0..<3).map { _ in try QueueSamples.intent(rig.gateway) }
        try rig.commit(.intent(intents[0]), .intent(intents[1]), .intent(intents[2]))
        try rig.commit(QueueSamples.attempt(intents[1]), QueueSamples.failed(intents[2]))
        // As a gateway that has just started knows of none.
        rig.ledger.forget(notIn: [])
        rig.ledger.adopt(rig.store.queue(after: nil, limit: 9, withFailed: true))
        #expect(Set(rig.ledger.live.keys) == [intents[0].message])
        #expect(try rig.commit(QueueSamples.attempt(intents[0])).results.map(\.word) == ["committed"])
        try rig.commit(QueueSamples.sent(intents[0]))
        #expect(rig.ledger.live.isEmpty)
    }

    @Test func `what is known already keeps its key when it is seen again`() throws {
        var rig = try LedgerRig()
        let intent = try QueueSamples.intent(rig.gateway, key: "k")
        try rig.commit(.intent(intent))
        rig.ledger.adopt(rig.store.queue(after: nil, limit: 9, withFailed: true))
        let key = try #require(rig.ledger.live[intent.message])
        #expect(try key == Samples.claimName("k"))
    }
}
