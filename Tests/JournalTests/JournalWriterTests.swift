import JournalConformance
import Messaging
import Synchronization
import Testing

@testable import Journal

@Suite(.timeLimit(.minutes(1))) struct JournalWriterTests {
    @Test func `what was submitted is on disk when its client hears of it`() async throws {
        let rig = try await WriterRig()
        let intent = try await rig.open("text", key: "k")
        #expect(try rig.gateway.store.openMessages() == [intent.message])
        #expect(try await rig.word(rig.sent(intent, answer: [1])) == "committed")
        #expect(try rig.end(of: intent) == ["sent", nil])
        #expect(try rig.gateway.life(intent.message).answer == [1])
        #expect(try await rig.word(.note(RecordDraft(.read))) == "committed")
        #expect(try rig.records().map { $0["kind"] } == ["intent", "outcome", "read"])
        #expect(rig.writer.status.records == 3)
        #expect(rig.writer.status.error == nil)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `look-ups are answered from what is on disk`() async throws {
        let rig = try await WriterRig()
        let intent = try await rig.open()
        guard case .life(let life?) = try await rig.submit(.lookUp(intent.message)) else {
            Issue.record("a message that was opened has no life")
            return
        }
        #expect(life == (try rig.gateway.life(intent.message)))
        #expect(try await rig.word(.lookUp(rig.clock.makeID())) == "no life")
        await rig.writer.stop()
    }

    @Test func `each client is told once a batch, in the order in which it asked`() async throws {
        let rig = try await WriterRig()
        let clients = [rig.client, RecordingClient()]
        rig.script.holdNextCommit()
        let first = try #require(rig.client.post(.note(RecordDraft(.read)), to: rig.writer))
        await rig.script.held()
        // Meanwhile these gather for the next batch.
        var tickets: [[UInt64]] = [[], []]
        for number in 0..<10 {
            let submission: Submission =
                number < 6 ? .intent(try rig.gateway.intent("\(number)")) : .note(RecordDraft(.refusal))
            tickets[number % 2].append(try #require(clients[number % 2].post(submission, to: rig.writer)))
        }
        rig.script.release()
        for (client, tickets) in zip(clients, tickets) {
            for ticket in tickets { #expect(await client.result(of: ticket).word == "committed") }
        }
        #expect(clients[0].deliveries == [[first], tickets[0]])
        #expect(clients[1].deliveries == [tickets[1]])
        #expect(rig.script.batches.map(\.records.count) == [0, 1, 10])
        await rig.writer.stop()
    }

    @Test func `a client that also looked something up is told once a batch, too`() async throws {
        let rig = try await WriterRig()
        rig.script.holdNextCommit()
        let first = try #require(rig.client.post(.note(RecordDraft(.read)), to: rig.writer))
        await rig.script.held()
        var tickets: [UInt64] = []
        for submission in [.note(RecordDraft(.read)), .lookUp(rig.clock.makeID())] as [Submission] {
            tickets.append(try #require(rig.client.post(submission, to: rig.writer)))
        }
        rig.script.release()
        for ticket in tickets { _ = await rig.client.result(of: ticket) }
        #expect(rig.client.deliveries == [[first], tickets])
        await rig.writer.stop()
    }

    @Test func `no more than a batch is written at once, and nothing out of its order`() async throws {
        var settings = JournalSettings()
        settings.batch = 3
        let rig = try await WriterRig(settings: settings)
        rig.script.holdNextCommit()
        var tickets = [try #require(rig.client.post(.note(RecordDraft(.read)), to: rig.writer))]
        await rig.script.held()
        for number in 1...8 {
            var draft = RecordDraft(.read)
            draft.count = number
            tickets.append(try #require(rig.client.post(.note(draft), to: rig.writer)))
        }
        rig.script.release()
        for ticket in tickets { _ = await rig.client.result(of: ticket) }
        #expect(rig.script.batches.map(\.records.count) == [0, 1, 3, 3, 2])
        #expect(try rig.records().map { $0.integer("count") } == [nil] + (1...8).map { $0 })
        await rig.writer.stop()
    }

    @Test func `what doesn't find room is refused at once, and notes are counted`() async throws {
        var settings = JournalSettings()
        settings.queue = 4
        let rig = try await WriterRig(settings: settings)
        rig.script.holdNextCommit()
        let first = try #require(rig.client.post(.intent(try rig.gateway.intent()), to: rig.writer))
        await rig.script.held()
        for _ in 0..<5 { _ = rig.writer.submit(.note(RecordDraft(.read))) }
        for _ in 0..<2 { #expect(rig.writer.submit(.intent(try rig.gateway.intent()))) }
        #expect(!rig.writer.submit(.intent(try rig.gateway.intent())))
        #expect(!rig.writer.submit(.lookUp(rig.clock.makeID())))
        rig.writer.countLost()
        rig.script.release()
        #expect(await rig.client.result(of: first).word == "committed")
        try await rig.turn()
        #expect(rig.observer.events.contains("lost 4"))
        let losses = try rig.records().filter { $0["kind"] == "loss" }
        #expect(losses.map { $0.integer("count") } == [4])
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `losses are recorded once a second, and at the end`() async throws {
        let rig = try await WriterRig()
        /// While the journal's thread is held, so that it can't look in between.
        func lose(_ count: Int) async throws {
            rig.script.holdNextCommit()
            _ = rig.writer.submit(.note(RecordDraft(.read)))
            await rig.script.held()
            for _ in 0..<count { rig.writer.countLost() }
            rig.script.release()
            try await rig.turn()
        }
        func losses() throws -> [Int?] {
            try rig.records().filter { $0["kind"] == "loss" }.map { $0.integer("count") }
        }
        for count in [2, 3, 4] { try await lose(count) }
        #expect(try losses() == [2])
        rig.clock.advance(by: .seconds(1))
        try await rig.turn()
        #expect(try losses() == [2, 7])
        try await lose(5)
        await rig.writer.stop()
        #expect(try losses() == [2, 7, 5])
    }

    @Test func `what is lost just before the end is recorded, too`() async throws {
        let rig = try await WriterRig()
        try await rig.turn()
        for _ in 0..<3 { rig.writer.countLost() }
        await rig.writer.stop()
        #expect(try rig.records().map { $0["kind"] } == ["loss"])
    }

    // MARK: Checkpoints

    @Test func `a checkpoint is signed at the begin, after so many records, after some time, and at the end`()
        async throws
    {
        var settings = JournalSettings()
        settings.checkpointRecords = 4
        let rig = try await WriterRig(settings: settings)
        for _ in 0..<6 { _ = try await rig.submit(.note(RecordDraft(.read))) }
        #expect(try rig.gateway.engine.archive().checkpoints().map(\.size) == [0, 4])
        rig.clock.advance(by: .seconds(10))
        try await rig.turn()
        #expect(try rig.gateway.engine.archive().checkpoints().map(\.size) == [0, 4, 6])
        _ = try await rig.submit(.note(RecordDraft(.read)))
        await rig.writer.stop()
        #expect(try rig.gateway.engine.archive().checkpoints().map(\.size) == [0, 4, 6, 7])
        #expect(rig.observer.events.filter { $0.hasPrefix("signed") } == ["signed 4", "signed 6"])
        try rig.gateway.verify()
    }

    @Test func `records that a crash left unsigned are signed though nothing else happens`() async throws {
        let rig = try await WriterRig()
        _ = try await rig.submit(.note(RecordDraft(.read)))
        await rig.kill()
        let next = try await WriterRig(rig.file, clock: rig.clock)
        try await next.turn()
        rig.clock.advance(by: .seconds(11))
        try await next.turn()
        #expect(try next.gateway.store.lastCheckpoint()?.size == 1)
        await next.writer.stop()
    }

    // MARK: Beginning and ending

    @Test func `a journal that can't be opened doesn't start`() async throws {
        let clock = SampleClock()
        await #expect(throws: JournalStoreError(.locked, "another")) {
            _ = try await JournalWriter.start(
                settings: JournalSettings(), sealer: ContentSealer(), sources: clock.sources,
                observer: RecordingObserver()
            ) {
                throw JournalStoreError(.locked, "another")
            }
        }
    }

    @Test func `a journal whose last checkpoint is another key's doesn't start`() async throws {
        let rig = try await WriterRig()
        await rig.writer.stop()
        let clock = rig.clock
        let (file, stranger) = (rig.file, try SampleGateway.signer(of: SampleLog.id, seed: 9))
        await #expect(throws: JournalStoreError.self) {
            _ = try await JournalWriter.start(
                settings: JournalSettings(), sealer: ContentSealer(), sources: clock.sources,
                observer: RecordingObserver()
            ) {
                (InMemoryJournal(file), stranger)
            }
        }
    }

    @Test func `what a crash left open is unknown, and its key is answered`() async throws {
        let rig = try await WriterRig()
        let (kept, done, upload) = (try await rig.open(key: "k"), try await rig.open(), rig.gateway.upload())
        _ = try await rig.submit(rig.sent(done))
        _ = try await rig.submit(.intent(upload))
        await rig.kill()
        let next = try await WriterRig(rig.file, clock: rig.clock)
        #expect(next.observer.events == ["settled 2: crash"])
        #expect(try next.end(of: kept) == ["unknown", "crash"])
        #expect(try next.end(of: upload) == ["unknown", "crash"])
        #expect(try next.end(of: done) == ["sent", nil])
        #expect(try next.outcomes() == [done, kept, upload].map(\.message.description))
        #expect(try await next.word(.intent(try next.gateway.intent(key: "k"))) == "mismatch")
        #expect(try await next.word(.intent(try next.gateway.intent("text", key: "k"))) == "replay")
        await next.writer.stop()
        try next.gateway.verify()
    }

    @Test func `many that a crash left open are settled a batch at a time`() async throws {
        let file = InMemoryFile(log: SampleLog.id)
        let filled = try SampleGateway(InMemoryUnderTest(file))
        for _ in 0..<10 { _ = try filled.send() }
        try filled.sign()
        var settings = JournalSettings()
        settings.batch = 4
        let rig = try await WriterRig(file, clock: filled.clock, settings: settings)
        #expect(rig.script.batches.map(\.records.count) == [4, 4, 2])
        #expect(rig.observer.events == ["settled 10: crash"])
        #expect(try rig.gateway.store.openMessages().isEmpty)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `a stop writes what waits, settles what is under way, and signs it all`() async throws {
        let rig = try await WriterRig()
        let (open, done) = (try await rig.open(), try await rig.open())
        rig.script.holdNextCommit()
        let ticket = try #require(rig.client.post(.note(RecordDraft(.read)), to: rig.writer))
        await rig.script.held()
        let outcome = try #require(rig.client.post(rig.sent(done), to: rig.writer))
        let ended = Mutex(false)
        async let stop: Void = {
            await rig.writer.stop()
            ended.withLock { $0 = true }
        }()
        rig.script.release()
        await stop
        #expect(ended.withLock { $0 })
        #expect(await rig.client.result(of: ticket).word == "committed")
        #expect(await rig.client.result(of: outcome).word == "committed")
        #expect(try rig.end(of: done) == ["sent", nil])
        #expect(try rig.end(of: open) == ["unknown", "shutdown"])
        #expect(rig.observer.events == ["settled 1: shutdown"])
        #expect(try rig.gateway.store.lastCheckpoint()?.size == 5)
        #expect(rig.script.isClosed)
        #expect(!rig.writer.submit(.intent(try rig.gateway.intent())))
        #expect(!rig.writer.submit(rig.sent(open)))
        try rig.gateway.verify()
    }

    @Test func `a start and a stop without anything between write one checkpoint`() async throws {
        let rig = try await WriterRig()
        await rig.writer.stop()
        #expect(try rig.gateway.engine.archive().checkpoints().map(\.size) == [0])
        let next = try await WriterRig(rig.file, clock: rig.clock)
        await next.writer.stop()
        #expect(next.script.batches.isEmpty)
        #expect(next.observer.events.isEmpty)
    }
}
