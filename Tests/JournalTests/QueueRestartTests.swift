import JournalConformance
import Messaging
import Testing

@testable import Journal

/// What becomes of the queue when a gateway ends, is killed, or can't write.
@Suite(.timeLimit(.minutes(1))) struct QueueRestartTests {
    /// A message in the queue that is on disk.
    private func put(_ rig: WriterRig, key: String? = nil) async throws -> IntentSubmission {
        let intent = try QueueSamples.intent(rig.gateway, key: key)
        #expect(try await rig.word(.intent(intent)) == "committed")
        return intent
    }

    private func state(_ intent: IntentSubmission, _ rig: WriterRig) throws -> QueuedMessage.State? {
        try rig.gateway.store.queued(intent.message)?.state
    }

    // MARK: Killed

    @Test func `after a crash what waited waits, and what was under way is unknown`() async throws {
        let rig = try await WriterRig()
        let (waiting, attempting) = (try await put(rig, key: "k"), try await put(rig))
        let (deferred, sent, failed) = (try await put(rig), try await put(rig), try await put(rig))
        for step in [
            QueueSamples.attempt(attempting), QueueSamples.attempt(deferred), QueueSamples.deferral(deferred),
            QueueSamples.attempt(sent), QueueSamples.sent(sent), QueueSamples.failed(failed),
        ] {
            #expect(try await rig.word(step) == "committed")
        }
        await rig.kill()
        let next = try await WriterRig(rig.file, clock: rig.clock)
        #expect(next.observer.events == ["settled 1: crash"])
        #expect(try next.end(of: attempting) == ["unknown", "crash"])
        #expect(try next.end(of: sent) == ["sent", nil])
        #expect(try state(attempting, next) == nil)
        #expect(try state(sent, next) == nil)
        #expect(try state(failed, next) == .failed)
        for intent in [waiting, deferred] {
            #expect(try next.end(of: intent) == [nil, nil])
            #expect(try state(intent, next) == .waiting)
        }
        #expect(try next.gateway.store.openMessages() == [waiting.message, deferred.message])
        // Its key still stands for it, and it can be sent.
        #expect(try await next.word(.intent(try QueueSamples.intent(next.gateway, key: "k"))) == "waiting")
        #expect(try await next.word(QueueSamples.attempt(waiting)) == "committed")
        #expect(try await next.word(QueueSamples.sent(waiting)) == "committed")
        #expect(try next.end(of: waiting) == ["sent", nil])
        #expect(try await next.word(.intent(try QueueSamples.intent(next.gateway, key: "k"))) == "replay")
        #expect(try await next.word(QueueSamples.attempt(attempting)) == "unavailable: failed")
        await next.writer.stop()
        try next.gateway.verify()
    }

    @Test func `however many wait, over how many pages, each survives many crashes`() async throws {
        var settings = JournalSettings()
        settings.batch = 4
        var rig = try await WriterRig(settings: settings)
        var intents: [IntentSubmission] = []
        for _ in 0..<18 { intents.append(try await put(rig)) }
        for number in 0..<3 {
            #expect(try await rig.word(QueueSamples.attempt(intents[number * 6])) == "committed")
            await rig.kill()
            rig = try await WriterRig(rig.file, clock: rig.clock, settings: settings)
            #expect(rig.observer.events == ["settled 1: crash"])
            #expect(try rig.end(of: intents[number * 6]) == ["unknown", "crash"])
        }
        #expect(try rig.gateway.store.openMessages().count == 15)
        #expect(try await rig.word(.queue(after: nil, limit: 256)) == "page of 15")
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    // MARK: Stopped

    @Test func `a stop leaves what waits, and what is under way is unknown`() async throws {
        let rig = try await WriterRig()
        let (waiting, attempting) = (try await put(rig), try await put(rig))
        #expect(try await rig.word(QueueSamples.attempt(attempting)) == "committed")
        await rig.writer.stop()
        #expect(rig.observer.events == ["settled 1: shutdown"])
        #expect(try rig.end(of: waiting) == [nil, nil])
        #expect(try state(waiting, rig) == .waiting)
        #expect(try rig.end(of: attempting) == ["unknown", "shutdown"])
        #expect(try state(attempting, rig) == nil)
        let next = try await WriterRig(rig.file, clock: rig.clock)
        #expect(next.observer.events.isEmpty)
        #expect(try next.gateway.store.openMessages() == [waiting.message])
        await next.writer.stop()
        try next.gateway.verify()
    }

    // MARK: Asked

    @Test func `one message of the queue is given with its payload, a page without`() async throws {
        let rig = try await WriterRig()
        let intents = [try await put(rig), try await put(rig), try await put(rig)]
        guard case .queued(let queued?) = try await rig.submit(.queued(intents[1].message)),
            case .queue(let page, _) = try await rig.submit(.queue(after: intents[0].message, limit: 1))
        else {
            Issue.record("the queue is not told")
            return
        }
        #expect(queued.payload == [1, 2, 3])
        #expect(page.map(\.message) == [intents[1].message])
        #expect(page.map(\.payload) == [[]])
        #expect(try await rig.word(.queued(rig.clock.makeID())) == "not queued")
        await rig.writer.stop()
    }

    // MARK: Without a disk

    @Test func `a step that can not be written is refused, and the message waits on`() async throws {
        let rig = try await WriterRig()
        let intent = try await put(rig)
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(QueueSamples.attempt(intent)) == "unavailable: disk full")
        try await rig.tryAgain()
        #expect(try state(intent, rig) == .waiting)
        #expect(try rig.gateway.store.openMessages() == [intent.message])
        #expect(try await rig.word(QueueSamples.attempt(intent)) == "committed")
        #expect(try await rig.word(QueueSamples.sent(intent)) == "committed")
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `an end that can not be written is written later, with what it changes in the queue`() async throws {
        let rig = try await WriterRig()
        let (sent, failed) = (try await put(rig), try await put(rig))
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(QueueSamples.sent(sent)) == "unavailable: disk full")
        #expect(try await rig.word(QueueSamples.failed(failed)) == "unavailable: disk full")
        try await rig.tryAgain()
        #expect(try rig.end(of: sent) == ["sent", nil])
        #expect(try state(sent, rig) == nil)
        #expect(try state(failed, rig) == .failed)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `a message whose end is owed is not in the queue any more`() async throws {
        let rig = try await WriterRig()
        let (failed, waiting) = (try await put(rig), try await put(rig))
        rig.script.fail(.before(WriterRig.diskFull))
        #expect(try await rig.word(QueueSamples.failed(failed)) == "unavailable: disk full")
        #expect(try await rig.word(.queued(failed.message)) == "not queued")
        guard case .queue(let page, nil) = try await rig.submit(.queue(after: nil, limit: 9)) else {
            Issue.record("the queue is not told")
            return
        }
        #expect(page.map(\.message) == [waiting.message])
        // A page that lacks some is not taken for the last.
        guard case .queue([], failed.message?) = try await rig.submit(.queue(after: nil, limit: 1)) else {
            Issue.record("the page behind it is not told")
            return
        }
        try await rig.tryAgain()
        #expect(try state(failed, rig) == .failed)
        await rig.writer.stop()
    }

    @Test func `who is refused is told whether the intent may be on disk`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.after(WriterRig.broken))
        var doubts: [Bool] = []
        for _ in 0..<2 {
            let result = try await rig.submit(.intent(try QueueSamples.intent(rig.gateway)))
            if case .unavailable(_, let mayBeOnDisk) = result { doubts.append(mayBeOnDisk) }
        }
        // The second was never tried to be written.
        #expect(doubts == [true, false])
        try await rig.tryAgain()
        await rig.writer.stop()
    }

    @Test func `a message that was refused and reached the disk all the same is not sent`() async throws {
        let rig = try await WriterRig()
        let intent = try QueueSamples.intent(rig.gateway, key: "k")
        rig.script.fail(.after(WriterRig.broken))
        #expect(try await rig.word(.intent(intent)).hasPrefix("unavailable"))
        // Its caller was told so. Nobody takes it for one that waits, also before the journal is well again.
        #expect(try await rig.word(.queue(after: nil, limit: 9)) == "page of 0")
        #expect(try await rig.word(.queued(intent.message)) == "not queued")
        try await rig.tryAgain()
        #expect(try rig.end(of: intent) == ["not_sent", "journal-unavailable"])
        #expect(try state(intent, rig) == nil)
        #expect(try await rig.word(.intent(try QueueSamples.intent(rig.gateway, key: "k"))) == "committed")
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `what a command put into the queue is still there when a failing journal is well again`() async throws {
        let rig = try await WriterRig()
        let resent = try QueueSamples.intent(rig.gateway)
        try rig.gateway.open(resent)
        rig.script.fail(.before(WriterRig.broken))
        #expect(try await rig.word(.intent(try rig.gateway.intent())).hasPrefix("unavailable"))
        try await rig.tryAgain()
        #expect(try rig.end(of: resent) == [nil, nil])
        #expect(try state(resent, rig) == .waiting)
        #expect(try await rig.word(QueueSamples.attempt(resent)) == "committed")
        await rig.writer.stop()
        try rig.gateway.verify()
    }
}
