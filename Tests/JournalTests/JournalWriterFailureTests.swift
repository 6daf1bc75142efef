import JournalConformance
import Messaging
import Testing

@testable import Journal

/// A journal that can't be written for a while.
@Suite(.timeLimit(.minutes(1))) struct JournalWriterFailureTests {
    private let full = "unavailable: disk full"
    private let broken = "unavailable: I/O error"

    @Test func `an intent that didn't reach the disk is unavailable, and leaves nothing`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.before(WriterRig.diskFull))
        let intent = try rig.gateway.intent("text", key: "k")
        #expect(try await rig.word(.intent(intent)) == full)
        #expect(rig.writer.status.error == WriterRig.diskFull)
        #expect(rig.observer.events == ["failed: disk full"])
        // Until it is tried again, nothing is written.
        #expect(try await rig.word(.intent(try rig.gateway.intent())) == full)
        #expect(rig.script.recoveries == 0)
        try await rig.tryAgain()
        #expect(rig.script.recoveries == 1)
        #expect(rig.writer.status.error == nil)
        #expect(rig.observer.events == ["failed: disk full", "recovered"])
        #expect(try rig.records().isEmpty)
        #expect(try await rig.word(.intent(try rig.gateway.intent("text", key: "k"))) == "committed")
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `outcomes that could not be written are written first, in their order, with their answers`() async throws
    {
        let rig = try await WriterRig()
        var intents: [IntentSubmission] = []
        for number in 0..<4 { intents.append(try await rig.open("\(number)")) }
        rig.script.fail(.before(WriterRig.broken))
        for index in [2, 0, 3] {
            #expect(try await rig.word(rig.sent(intents[index], answer: [UInt8(index)])) == broken)
        }
        #expect(try rig.outcomes().isEmpty)
        rig.clock.advance(by: .seconds(1))
        #expect(try await rig.word(rig.sent(intents[1])) == "committed")
        #expect(try rig.outcomes() == [2, 0, 3, 1].map { intents[$0].message.description })
        for index in [2, 0, 3] {
            #expect(try rig.end(of: intents[index]) == ["sent", nil])
            #expect(try rig.gateway.life(intents[index].message).answer == [UInt8(index)])
        }
        await rig.writer.stop()
        #expect(try rig.outcomes().count == 4)
        try rig.gateway.verify()
    }

    @Test func `refused intents that reached the disk were not sent`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.after(WriterRig.broken))
        let intent = try rig.gateway.intent("text")
        let ticket = try #require(rig.client.post(.intent(intent), to: rig.writer))
        #expect(await rig.client.result(of: ticket).word == broken)
        #expect(try rig.gateway.store.openMessages() == [intent.message])
        try await rig.tryAgain()
        #expect(try rig.end(of: intent) == ["not_sent", "journal-unavailable"])
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `a refused intent that reached the disk gives its key back`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.after(WriterRig.broken))
        let intent = try rig.gateway.intent("text", key: "k")
        _ = try await rig.submit(.intent(intent))
        try await rig.tryAgain()
        #expect(try rig.end(of: intent) == ["not_sent", "journal-unavailable"])
        #expect(try rig.gateway.store.claim(Samples.claimName("k")) == nil)
        let again = try await rig.open("text", key: "k")
        _ = try await rig.submit(rig.sent(again))
        #expect(try rig.end(of: again) == ["sent", nil])
        await rig.writer.stop()
    }

    /// It is this very call that has the key: to say that another one is under way would be wrong.
    @Test func `a refused intent that reached the disk is not in its own way`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.after(WriterRig.broken))
        #expect(try await rig.word(.intent(try rig.gateway.intent("text", key: "k"))) == broken)
        await rig.writer.stop()
    }

    @Test func `an outcome that reached the disk is not written again`() async throws {
        let rig = try await WriterRig()
        let intent = try await rig.open()
        rig.script.fail(.after(WriterRig.broken))
        #expect(try await rig.word(rig.sent(intent, answer: [1])) == broken)
        try await rig.tryAgain()
        await rig.writer.stop()
        #expect(try rig.outcomes() == [intent.message.description])
        #expect(try rig.end(of: intent) == ["sent", nil])
        #expect(rig.observer.events == ["failed: I/O error", "recovered"])
        try rig.gateway.verify()
    }

    @Test func `look-ups and keys that were used before are answered meanwhile`() async throws {
        let rig = try await WriterRig()
        let (done, open) = (try await rig.open("done", key: "done"), try await rig.open("open", key: "open"))
        _ = try await rig.submit(rig.sent(done))
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(.note(RecordDraft(.read))) == full)
        #expect(try await rig.word(.lookUp(done.message)) == "life")
        #expect(try await rig.word(.lookUp(rig.clock.makeID())) == "no life")
        func word(_ text: String, _ key: String) async throws -> String {
            try await rig.word(.intent(try rig.gateway.intent(text, key: key)))
        }
        #expect(try await word("done", "done") == "replay")
        #expect(try await word("other", "done") == "mismatch")
        #expect(try await word("open", "open") == "in flight")
        #expect(try await word("new", "new") == full)
        // What can't even be read is unavailable, too.
        rig.script.setReading(WriterRig.broken)
        #expect(try await rig.word(.lookUp(done.message)) == broken)
        #expect(try await word("done", "done") == full)
        rig.script.setReading(nil)
        try await rig.tryAgain()
        #expect(try await rig.word(rig.sent(open)) == "committed")
        await rig.writer.stop()
    }

    @Test func `what was under way when it failed ends as if nothing had been`() async throws {
        let rig = try await WriterRig()
        let intent = try await rig.open("text", key: "k")
        rig.script.fail(.before(WriterRig.broken), .before(WriterRig.broken))
        _ = try await rig.submit(.note(RecordDraft(.read)))
        try await rig.tryAgain()
        #expect(rig.writer.status.error == WriterRig.broken, "the second try failed, too")
        try await rig.tryAgain()
        #expect(rig.writer.status.error == nil)
        #expect(try rig.gateway.store.openMessages() == [intent.message])
        #expect(try await rig.word(rig.sent(intent)) == "committed")
        #expect(try rig.end(of: intent) == ["sent", nil])
        await rig.writer.stop()
        #expect(try rig.outcomes().count == 1)
    }

    @Test func `reads and refusals are counted meanwhile`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.before(WriterRig.broken))
        for _ in 0..<3 { #expect(try await rig.word(.note(RecordDraft(.read))) == broken) }
        try await rig.tryAgain()
        #expect(rig.observer.events == ["failed: I/O error", "recovered", "lost 3"])
        await rig.writer.stop()
        #expect(try rig.records().map { $0["kind"] } == ["loss"])
    }

    @Test func `a recovery that reached the disk though it failed is not done twice`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open()
        rig.script.fail(.after(WriterRig.broken), .after(WriterRig.broken), .after(WriterRig.broken))
        let refused = try rig.gateway.intent()
        _ = try await rig.submit(.intent(refused))
        _ = try await rig.submit(rig.sent(open))
        for _ in 0..<4 { try await rig.tryAgain() }
        #expect(rig.writer.status.error == nil)
        await rig.writer.stop()
        #expect(try rig.outcomes().count == 2)
        #expect(try rig.end(of: open) == ["sent", nil])
        #expect(try rig.end(of: refused) == ["not_sent", "journal-unavailable"])
        try rig.gateway.verify()
    }

    // MARK: Place

    @Test func `an idle journal learns that it was taken away`() async throws {
        let rig = try await WriterRig()
        rig.script.setPlace(WriterRig.missing)
        await rig.observer.heard("failed: file missing")
        #expect(try await rig.word(.intent(try rig.gateway.intent())) == "unavailable: file missing")
        try await rig.tryAgain()
        #expect(rig.writer.status.error == WriterRig.missing)
        rig.script.setPlace(nil)
        try await rig.tryAgain()
        #expect(rig.writer.status.error == nil)
        _ = try await rig.open()
        await rig.writer.stop()
    }

    @Test func `what was written while the journal was taken away is not believed`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open("open")
        rig.script.losePlaceInCommit(WriterRig.missing)
        let intent = try rig.gateway.intent("text")
        #expect(try await rig.word(.intent(intent)) == "unavailable: file missing")
        #expect(try await rig.word(rig.sent(open)) == "unavailable: file missing")
        rig.script.setPlace(nil)
        try await rig.tryAgain()
        #expect(try rig.end(of: intent) == ["not_sent", "journal-unavailable"])
        #expect(try rig.end(of: open) == ["sent", nil])
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    // MARK: Space

    @Test func `under the floor no intent is taken, and all else is`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open()
        rig.script.setSpace(WriterRig.low)
        let low = "unavailable: free space under the floor"
        #expect(try await rig.word(.intent(try rig.gateway.intent())) == low)
        #expect(rig.writer.status.error == WriterRig.low)
        #expect(try await rig.word(rig.sent(open)) == "committed")
        #expect(try await rig.word(.note(RecordDraft(.read))) == "committed")
        #expect(try await rig.word(.lookUp(open.message)) == "life")
        rig.script.setSpace(nil)
        #expect(try await rig.word(.intent(try rig.gateway.intent())) == "committed")
        #expect(rig.writer.status.error == nil)
        #expect(rig.observer.events == ["failed: free space under the floor", "recovered"])
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `outcomes that are owed are written under the floor, too`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open()
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(rig.sent(open)) == full)
        rig.script.setSpace(WriterRig.low)
        try await rig.tryAgain()
        #expect(try rig.end(of: open) == ["sent", nil])
        await rig.writer.stop()
    }

    @Test func `outcomes that are owed are written when it stops under the floor`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open()
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(rig.sent(open)) == full)
        rig.script.setSpace(WriterRig.low)
        await rig.writer.stop()
        #expect(try rig.end(of: open) == ["sent", nil])
        #expect(try rig.outcomes().count == 1)
    }

    // MARK: Ending, and the clock

    @Test func `a stop recovers before it ends, and owes nothing`() async throws {
        let rig = try await WriterRig()
        let (done, open) = (try await rig.open(), try await rig.open())
        rig.script.fail(.before(WriterRig.broken))
        _ = try await rig.submit(rig.sent(done))
        await rig.writer.stop()
        #expect(try rig.end(of: done) == ["sent", nil])
        #expect(try rig.end(of: open) == ["unknown", "shutdown"])
        #expect(try rig.gateway.store.lastCheckpoint()?.size == 4)
        #expect(rig.script.isClosed)
        try rig.gateway.verify()
    }

    @Test func `a stop gives no second outcome to what has one on disk`() async throws {
        let rig = try await WriterRig()
        let open = try await rig.open()
        rig.script.fail(.after(WriterRig.broken))
        _ = try await rig.submit(rig.sent(open))
        await rig.writer.stop()
        await rig.writer.stop()
        #expect(try rig.outcomes().count == 1)
        try rig.gateway.verify()
    }

    @Test func `a stop of a journal that stays broken ends all the same`() async throws {
        let rig = try await WriterRig()
        _ = try await rig.open()
        rig.script.fail(by: { .before(WriterRig.broken) })
        _ = try await rig.submit(.note(RecordDraft(.read)))
        await rig.writer.stop()
        #expect(rig.script.isClosed)
        #expect(try rig.records().count == 1)
    }

    @Test func `a failed journal is tried again though the clock was set back`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.before(WriterRig.broken))
        _ = try await rig.submit(.note(RecordDraft(.read)))
        rig.clock.advance(by: .seconds(-3600))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(5)
        // Tries are made by the journal's own time, at most five a second.
        while rig.writer.status.error != nil, clock.now < end { try await rig.turn() }
        #expect(rig.writer.status.error == nil)
        await rig.writer.stop()
    }
}
