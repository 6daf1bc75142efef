import JournalConformance
import Messaging
import Testing

@testable import Journal

/// A clock that is wrong, or that somebody sets: nothing that a journal has to do may wait until it is that late again.
@Suite(.timeLimit(.minutes(1))) struct JournalWriterClockTests {
    private static let year: Duration = .seconds(365 * 86_400)

    /// Lets the journal come round, as often as it would in some seconds.
    private func pass(_ rig: WriterRig, seconds: Int = 20) async throws {
        for _ in 0..<seconds {
            rig.clock.advance(by: .seconds(1))
            try await rig.turn()
        }
        try await rig.turn()
    }

    @Test func `a failed journal is tried again though the clock was set back`() async throws {
        let rig = try await WriterRig()
        rig.script.fail(.before(WriterRig.broken))
        _ = try await rig.submit(.note(RecordDraft(.read)))
        rig.clock.advance(by: .zero - Self.year)
        try await pass(rig)
        #expect(rig.writer.status.error == nil)
        await rig.writer.stop()
    }

    @Test func `a checkpoint is signed in time though the clock was set back`() async throws {
        let rig = try await WriterRig()
        _ = try await rig.submit(.note(RecordDraft(.read)))
        rig.clock.advance(by: .zero - Self.year)
        try await pass(rig)
        #expect(try rig.gateway.store.lastCheckpoint()?.size == 1)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `losses are recorded in time though the clock was set back`() async throws {
        let rig = try await WriterRig()
        rig.writer.countLost()
        try await pass(rig, seconds: 2)
        rig.clock.advance(by: .zero - Self.year)
        rig.writer.countLost()
        try await pass(rig)
        #expect(try rig.records().filter { $0["kind"] == "loss" }.map { $0.integer("count") } == [1, 1])
        await rig.writer.stop()
    }

    @Test func `contents are destroyed at their age though many came while the clock was in the future`() async throws {
        var settings = JournalSettings()
        settings.contentAge = .seconds(60)
        let rig = try await WriterRig(settings: settings)
        rig.clock.advance(by: Self.year)
        var tickets: [UInt64] = []
        for _ in 0..<300 {
            tickets.append(try #require(rig.client.post(.intent(try rig.gateway.intent()), to: rig.writer)))
        }
        for ticket in tickets { _ = await rig.client.result(of: ticket) }
        rig.clock.advance(by: .zero - Self.year)
        let intent = try await rig.open("when the clock was right")
        try await pass(rig, seconds: 80)
        #expect(try rig.gateway.life(intent.message).sealed == nil)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `records are removed at their age though the clock was in the future`() async throws {
        var settings = JournalSettings()
        settings.recordAge = .seconds(60)
        settings.checkpointInterval = .seconds(1)
        let rig = try await WriterRig(settings: settings)
        rig.clock.advance(by: Self.year)
        try await pass(rig)
        rig.clock.advance(by: .zero - Self.year)
        for _ in 0..<5 { _ = try await rig.submit(.note(RecordDraft(.read))) }
        try await pass(rig, seconds: 80)
        #expect(try rig.gateway.engine.archive().start().size >= 5)
        await rig.writer.stop()
        try rig.gateway.verify()
    }

    @Test func `a clock that was set back makes no record of another order`() async throws {
        let rig = try await WriterRig()
        let first = try await rig.open("first", key: "k")
        rig.clock.advance(by: .zero - Self.year)
        let second = try await rig.open("second")
        _ = try await rig.submit(rig.sent(second))
        #expect(try await rig.word(.intent(try rig.gateway.intent("first", key: "k"))) == "in flight")
        _ = try await rig.submit(rig.sent(first))
        #expect(try await rig.word(.intent(try rig.gateway.intent("first", key: "k"))) == "replay")
        #expect(try rig.outcomes() == [second, first].map(\.message.description))
        #expect(try rig.records().map { $0.integer("seq") } == [1, 2, 3, 4])
        await rig.writer.stop()
        try rig.gateway.verify()
    }
}
