import JournalConformance
import Messaging
import Testing

@testable import Journal

/// What a journal does by the age of what it holds.
@Suite(.timeLimit(.minutes(1))) struct JournalWriterAgeingTests {
    /// Lets the journal look after ageing until it has nothing to do.
    private func age(_ rig: WriterRig) async throws {
        for _ in 0..<12 {
            rig.clock.advance(by: .seconds(2))
            try await rig.turn()
        }
        // What is done behind the answer to a look-up is done before the next is answered.
        try await rig.turn()
    }

    @Test func `contents are destroyed at their age, and the trail says so`() async throws {
        var settings = JournalSettings()
        settings.contentAge = .seconds(3600)
        let rig = try await WriterRig(settings: settings)
        var intents: [IntentSubmission] = []
        for number in 0..<3 { intents.append(try await rig.open("\(number)")) }
        _ = try await rig.submit(rig.sent(intents[0]))
        try await age(rig)
        #expect(try rig.gateway.life(intents[0].message).sealed != nil)
        rig.clock.advance(by: .seconds(3600))
        let young = try await rig.open("young")
        try await age(rig)
        for intent in intents { #expect(try rig.gateway.life(intent.message).sealed == nil) }
        #expect(try rig.gateway.life(young.message).sealed != nil)
        let erasures = try rig.records().filter { $0["kind"] == "erasure" }
        #expect(erasures.map { $0.integer("count") } == [3])
        #expect(erasures.map { $0["reason"] } == ["retention"])
        #expect(rig.observer.events.contains("erased 3"))
        #expect(rig.script.scrubs == 1)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `many contents are destroyed a step at a time`() async throws {
        var settings = JournalSettings()
        settings.contentAge = .seconds(60)
        let rig = try await WriterRig(settings: settings)
        var tickets: [UInt64] = []
        for _ in 0..<600 {
            tickets.append(try #require(rig.client.post(.intent(try rig.gateway.intent()), to: rig.writer)))
        }
        for ticket in tickets { _ = await rig.client.result(of: ticket) }
        rig.clock.advance(by: .seconds(120))
        try await age(rig)
        let erasures = try rig.records().filter { $0["kind"] == "erasure" }
        #expect(erasures.map { $0.integer("count") } == [256, 256, 88])
        #expect(rig.observer.events.contains("erased 600"))
        #expect(rig.script.scrubs == 1)
        await rig.writer.stop()
    }

    @Test func `records are removed at their age, and what is left verifies`() async throws {
        var settings = JournalSettings()
        settings.recordAge = .seconds(3600)
        settings.checkpointRecords = 4
        let rig = try await WriterRig(settings: settings)
        for _ in 0..<6 {
            let intent = try await rig.open()
            _ = try await rig.submit(rig.sent(intent))
        }
        let open = try await rig.open("still open")
        for _ in 0..<6 { _ = try await rig.submit(.note(RecordDraft(.read))) }
        rig.clock.advance(by: .seconds(3700))
        try await age(rig)
        let archive = try rig.gateway.engine.archive()
        #expect(try archive.start().size == 12)
        #expect(rig.observer.events.contains("pruned up to 12"))
        #expect(try archive.records(1...12, containing: nil).isEmpty)
        #expect(try rig.gateway.store.openMessages() == [open.message])
        try rig.gateway.verify()
        _ = try await rig.submit(rig.sent(open))
        try rig.gateway.verify()
        rig.clock.advance(by: .seconds(3700))
        try await age(rig)
        #expect(try archive.start().size > 12)
        try rig.gateway.verify()
        await rig.writer.stop()
        try rig.gateway.verify()
        // Nor is that what a new start stumbles on.
        let next = try await WriterRig(rig.file, clock: rig.clock, settings: settings)
        _ = try await next.open()
        await next.writer.stop()
        try next.gateway.verify()
    }

    @Test func `a log in which nothing happens is not pruned for ever`() async throws {
        var settings = JournalSettings()
        settings.recordAge = .seconds(60)
        let rig = try await WriterRig(settings: settings)
        for _ in 0..<3 { _ = try await rig.submit(.note(RecordDraft(.read))) }
        for _ in 0..<30 {
            rig.clock.advance(by: .seconds(61))
            try await rig.turn()
            try await rig.turn()
        }
        let size = rig.writer.status.records
        for _ in 0..<30 {
            rig.clock.advance(by: .seconds(61))
            try await rig.turn()
            try await rig.turn()
        }
        #expect(rig.writer.status.records == size)
        try rig.gateway.verify()
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `keys that expired are removed`() async throws {
        let rig = try await WriterRig()
        let intent = try rig.gateway.intent("text", key: "k", lasting: .seconds(30))
        _ = try await rig.submit(.intent(intent))
        _ = try await rig.submit(rig.sent(intent))
        try await age(rig)
        #expect(try rig.gateway.store.claim(Samples.claimName("k")) != nil)
        rig.clock.advance(by: .seconds(30))
        try await age(rig)
        #expect(try rig.gateway.store.claim(Samples.claimName("k")) == nil)
        await rig.writer.stop()
    }

    @Test func `record keys are put under the newest master key after a start`() async throws {
        let keys = [try Samples.masterKey(1), try Samples.masterKey(2)]
        let rig = try await WriterRig(sealer: ContentSealer(masterKeys: [keys[0]]))
        var intents: [IntentSubmission] = []
        for number in 0..<300 {
            let intent = try rig.gateway.intent("text \(number)")
            _ = try await rig.submit(.intent(intent))
            intents.append(intent)
        }
        await rig.writer.stop()
        let sealer = ContentSealer(masterKeys: [keys[1], keys[0]])
        let next = try await WriterRig(rig.file, clock: rig.clock, sealer: sealer)
        try await age(next)
        let newest = ContentSealer(masterKeys: [keys[1]])
        for (number, intent) in intents.enumerated() {
            let sealed = try #require(try next.gateway.life(intent.message).sealed)
            #expect(newest.content(sealed, of: intent.message) == Array("{\"text\":\"text \(number)\"}".utf8))
        }
        await next.writer.stop()
        try next.gateway.verify()
    }

    @Test func `what no master key at hand opens is left as it is, and stops nothing`() async throws {
        let lost = ContentSealer(masterKeys: [try Samples.masterKey(1)])
        let rig = try await WriterRig(sealer: lost)
        let intent = try await rig.open()
        await rig.writer.stop()
        let sealed = try rig.gateway.life(intent.message).sealed
        let next = try await WriterRig(
            rig.file, clock: rig.clock, sealer: ContentSealer(masterKeys: [try Samples.masterKey(2)]))
        try await age(next)
        #expect(try next.gateway.life(intent.message).sealed == sealed)
        #expect(next.writer.status.error == nil)
        _ = try await next.open()
        await next.writer.stop()
    }

    @Test func `ageing that fails is a failure of the journal, and is done after it`() async throws {
        var settings = JournalSettings()
        settings.contentAge = .seconds(60)
        let rig = try await WriterRig(settings: settings)
        let intent = try await rig.open()
        try await rig.turn()
        // A checkpoint is due, too, and comes first.
        rig.script.fail(nil, .before(WriterRig.broken))
        rig.clock.advance(by: .seconds(61))
        try await rig.turn()
        try await rig.turn()
        #expect(rig.observer.events.contains("failed: I/O error"))
        try await age(rig)
        #expect(try rig.gateway.life(intent.message).sealed == nil)
        #expect(rig.writer.status.error == nil)
        #expect(rig.observer.events.last { $0.hasPrefix("erased") } == "erased 1")
        await rig.writer.stop()
        try rig.gateway.verify()
    }
}
