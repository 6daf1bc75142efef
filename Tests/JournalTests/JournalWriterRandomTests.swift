import JournalConformance
import Messaging
import SeededCases
import Synchronization
import Testing

@testable import Journal

/// Random submissions to a journal that fails at random, and what has to hold at the end whatever happened.
@Suite(.timeLimit(.minutes(5))) struct JournalWriterRandomTests {
    private struct Sent {
        var intent: IntentSubmission
        var word: String
        /// What was reported of it; nil where nothing was.
        var outcome: Outcome?
    }

    @Test(arguments: 0..<30)
    func `nobody is told a thing that the trail denies`(number: Int) async throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        var settings = JournalSettings()
        settings.batch = 1 + random.below(8)
        settings.checkpointRecords = 1 + random.below(20)
        let rig = try await WriterRig(clock: SampleClock(seed: random.next()), settings: settings)
        let faults = Mutex(SplitMix64(seed: random.next()))
        let frequency = 2 + random.below(10)
        rig.script.fail {
            faults.withLock { faults in
                guard faults.chance(1, in: frequency) else { return nil }
                let error = faults.element(of: [WriterRig.broken, WriterRig.diskFull])
                return faults.chance(1, in: 2) ? .before(error) : .after(error)
            }
        }
        let sent = try await play(rig, &random)
        rig.script.fail(by: nil)
        rig.script.setSpace(nil)
        try await rig.tryAgain()
        #expect(rig.writer.status.error == nil)
        await rig.writer.stop()
        try check(sent, rig, number)
    }

    /// Submits at random, some at once, some one after another.
    private func play(_ rig: WriterRig, _ random: inout SplitMix64) async throws -> [Sent] {
        var all: [Sent] = []
        for _ in 0..<60 {
            rig.clock.advance(by: .milliseconds(random.below(300)))
            rig.script.setSpace(random.chance(1, in: 12) ? WriterRig.low : nil)
            var waiting: [(index: Int?, ticket: UInt64)] = []
            for _ in 0..<(1 + random.below(6)) {
                let open = all.indices.filter { all[$0].word == "committed" && all[$0].outcome == nil }
                if random.chance(1, in: 2), let index = open.randomElement(using: &random) {
                    let outcome = random.element(of: Outcome.allCases)
                    all[index].outcome = outcome
                    let submission = Submission.outcome(
                        SampleGateway.outcome(outcome), of: all[index].intent.message, answer: [UInt8(index % 256)])
                    waiting.append((nil, try #require(rig.client.post(submission, to: rig.writer))))
                } else if random.chance(1, in: 6) {
                    waiting.append((nil, try #require(rig.client.post(.note(RecordDraft(.read)), to: rig.writer))))
                } else {
                    let key = random.chance(1, in: 2) ? "key-\(random.below(5))" : nil
                    let intent = try rig.gateway.intent(
                        random.element(of: ["one", "two"]), key: key, lasting: .seconds(random.below(8)))
                    all.append(Sent(intent: intent, word: "", outcome: nil))
                    waiting.append((all.count - 1, try #require(rig.client.post(.intent(intent), to: rig.writer))))
                }
            }
            for (index, ticket) in waiting {
                let word = await rig.client.result(of: ticket).word
                if let index { all[index].word = word }
            }
        }
        return all
    }

    private func check(_ sent: [Sent], _ rig: WriterRig, _ number: Int) throws {
        try rig.gateway.verify()
        #expect(rig.client.repeated.isEmpty)
        let records = try rig.records()
        for one in sent {
            let own = records.filter { $0["message"] == one.intent.message.description }
            let kinds = own.map { $0["kind"] }
            let end = [own.last?["outcome"], own.last?["reason"]]
            let what = "\(one.intent.message), told \(one.word): \(kinds) \(end); \(replay(number))"
            if one.word == "committed" {
                #expect(kinds == ["intent", "outcome"], "\(what)")
                #expect(end == [one.outcome?.rawValue ?? "unknown", one.outcome == nil ? "shutdown" : nil], "\(what)")
            } else if !kinds.isEmpty {
                // Its caller was told that nothing was sent, and so the trail has to say.
                #expect(kinds == ["intent", "outcome"], "\(what)")
                #expect(end == ["not_sent", "journal-unavailable"], "\(what)")
                if let name = one.intent.claim?.name {
                    #expect(try rig.gateway.store.claim(name)?.message != one.intent.message, "\(what)")
                }
            }
        }
        #expect(try rig.gateway.store.openMessages().isEmpty, "\(replay(number))")
        let size = rig.gateway.store as? InMemoryJournal
        #expect(size?.lastCheckpoint()?.size == records.count, "\(replay(number))")
    }
}
