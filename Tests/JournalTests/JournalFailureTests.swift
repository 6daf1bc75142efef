import JournalConformance
import Messaging
import Testing

@testable import Journal

@Suite struct JournalFailureTests {
    private let error = JournalStoreError(.inputOutput, "a disk")
    private let rig: LedgerRig

    init() throws {
        rig = try LedgerRig()
    }

    /// What a batch says, record by record.
    private func told(_ batch: JournalBatch) -> [[String?]] {
        batch.records.map { record in
            let view = RecordView(record.body)
            return [view?["message"], view?["outcome"], view?["reason"]]
        }
    }

    private func batch(
        of failure: JournalFailure,
        open: [IntentSubmission],
        live: [IntentSubmission]
    ) -> JournalBatch {
        failure.batch(
            from: LogHead(log: SampleLog.id),
            open: Set(open.map(\.message)),
            live: Dictionary(uniqueKeysWithValues: live.map { ($0.message, $0.claim?.name) }),
            sources: rig.gateway.clock.sources
        )
    }

    @Test func `outcomes that are owed are written in their order, with their answers`() throws {
        let intents = try (0..<4).map { try rig.gateway.intent("\($0)") }
        var failure = JournalFailure(error: error)
        for index in [2, 0, 3] {
            failure.keep(
                OutcomeSubmission(
                    SampleGateway.outcome(.sent), of: intents[index].message, answer: [UInt8(index)]))
        }
        let batch = batch(of: failure, open: intents, live: intents)
        #expect(told(batch) == [2, 0, 3].map { [intents[$0].message.description, "sent", nil] })
        #expect(batch.closed.map(\.answer) == [[2], [0], [3]])
        #expect(batch.closed.map(\.outcome) == [1, 2, 3])
        #expect(batch.released.isEmpty)
    }

    @Test func `of a message that ends again and again the first end is owed, and known to be`() throws {
        let intents = try (0..<2).map { try rig.gateway.intent("\($0)") }
        var failure = JournalFailure(error: error)
        for outcome in [.notSent, .unknown] as [Outcome] {
            failure.keep(OutcomeSubmission(SampleGateway.outcome(outcome), of: intents[0].message, answer: nil))
        }
        #expect(failure.owes(intents[0].message))
        #expect(!failure.owes(intents[1].message))
        let batch = batch(of: failure, open: [intents[0]], live: intents)
        #expect(told(batch) == [[intents[0].message.description, "not_sent", nil]])
    }

    @Test func `an outcome that is on disk already is not written again`() throws {
        let intents = try (0..<2).map { try rig.gateway.intent("\($0)") }
        var failure = JournalFailure(error: error)
        for intent in intents + intents {
            failure.keep(OutcomeSubmission(SampleGateway.outcome(), of: intent.message, answer: nil))
        }
        let batch = batch(of: failure, open: [intents[1]], live: intents)
        #expect(told(batch) == [[intents[1].message.description, "sent", nil]])
    }

    @Test func `refused intents that are on disk were not sent, and give their keys back`() throws {
        let intents = [try rig.gateway.intent(key: "a"), try rig.gateway.intent(), try rig.gateway.intent(key: "c")]
        var failure = JournalFailure(error: error)
        for intent in intents { failure.refused(intent) }
        let batch = batch(of: failure, open: Array(intents[..<2]), live: [])
        #expect(told(batch) == intents[..<2].map { [$0.message.description, "not_sent", "journal-unavailable"] })
        #expect(batch.released == [try Samples.claimName("a")])
    }

    @Test func `open messages that nobody knows of were under way in a crash`() throws {
        let intent = try rig.gateway.intent(key: "a")
        let batch = batch(of: JournalFailure(error: error), open: [intent], live: [])
        #expect(told(batch) == [[intent.message.description, "unknown", "crash"]])
        #expect(batch.released.isEmpty)
    }

    @Test func `what is under way stays so`() throws {
        let intents = [try rig.gateway.intent(key: "a"), try rig.gateway.intent()]
        let batch = batch(of: JournalFailure(error: error), open: intents, live: intents)
        #expect(batch.records.isEmpty)
        #expect(batch.head.size == 0)
    }

    @Test func `only so many refused intents are remembered, the first ones`() throws {
        var failure = JournalFailure(error: error)
        let intents = try (0..<4200).map { _ in try rig.gateway.intent() }
        for intent in intents { failure.refused(intent) }
        let batch = batch(of: failure, open: [intents[0], intents[4095], intents[4096]], live: [])
        #expect(told(batch).map { $0[1] } == ["not_sent", "not_sent", "unknown"])
    }

    @Test func `a new try waits a little`() {
        var failure = JournalFailure(error: error)
        #expect(failure.mayTryAgain(at: 0))
        failure.tried(at: 1_000_000, with: JournalStoreError(.diskFull, ""))
        #expect(failure.error.kind == .diskFull)
        #expect(!failure.mayTryAgain(at: 1_199_999))
        #expect(failure.mayTryAgain(at: 1_200_000))
    }
}
