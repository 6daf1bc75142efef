import AuditReport
import Journal
import Messaging
import Testing

@Suite struct ErasureTests {
    private func erase(_ selection: MessageSelection, in trail: SampleTrail) throws -> Int {
        try Erasure(archive: trail.archive, sources: trail.sources, peer: "uid:1000").run(selection)
    }

    @Test func `erasing takes the keys, records it and leaves every proof good`() throws {
        let trail = try SampleTrail()
        let kept = try trail.send(conversation: "c2")
        let erased = try (0..<3).map { _ in try trail.send(conversation: "c1") }
        try trail.sign()
        #expect(try erase(.conversation("c1"), in: trail) == 3)
        #expect(try erased.allSatisfy { try trail.archive.life(of: $0)?.sealed == nil })
        #expect(try trail.archive.life(of: kept)?.sealed != nil)
        #expect(trail.archive.scrubs == 1)
        let records = try EntryReader(archive: trail.archive, filter: filter(.erasure)).entries(limit: 10).entries
        #expect(records.reversed().map(\.record.message) == erased)
        for record in records.map(\.record) {
            #expect(record["known_by"] == "command" && record["peer"] == "uid:1000" && record["caller"] == nil)
            #expect(record["reason"] == "command")
        }
        let report = try TrailVerification(archive: trail.archive, key: trail.key).run()
        #expect(report.size == 11 && report.signedSize == 8)
        try trail.sign()
        for number in 1...11 {
            let proof = try ProofFile.make(for: number, archive: trail.archive)
            #expect(try proof.verified(by: trail.key).number == number)
        }
        let entries = try EntryReader(archive: trail.archive, filter: filter(.intent)).entries(limit: 10).entries
        #expect(entries.map(\.isContentErased) == [true, true, true, false])
    }

    @Test func `each selection means its own messages`() throws {
        let trail = try SampleTrail()
        let one = try trail.send(conversation: "c1")
        let user = try trail.accept(user: "someone")
        let border = UInt64(trail.now / 1000)
        let late = try trail.send(conversation: "c1")
        #expect(try erase(.user("someone"), in: trail) == 1)
        #expect(try trail.archive.life(of: user)?.sealed == nil)
        #expect(try erase(.before(border), in: trail) == 1)
        #expect(try trail.archive.life(of: one)?.sealed == nil && trail.archive.life(of: late)?.sealed != nil)
        #expect(try erase(.message(late), in: trail) == 1)
        #expect(try erase(.message(late), in: trail) == 0)
    }

    @Test func `many are erased in batches that leave room for a gateway`() throws {
        let trail = try SampleTrail()
        for _ in 0..<600 { try trail.accept(conversation: "c1") }
        var steps: [Int] = []
        let erasure = Erasure(archive: trail.archive, sources: trail.sources, peer: "uid:0")
        #expect(try erasure.run(.conversation("c1")) { steps.append($0) } == 600)
        #expect(steps == [256, 512, 600])
        #expect(trail.archive.stored.count == 1_200)
    }

    @Test func `a journal that does not erase is told apart from one that does`() throws {
        let trail = try SampleTrail()
        try trail.accept(conversation: "c1")
        trail.archive.ignoresErasure = true
        #expect(throws: ErasureFailure.withoutEffect) { try erase(.conversation("c1"), in: trail) }
    }

    @Test func `copies that are left in the engine's log are told, and the next run removes them`() throws {
        let trail = try SampleTrail()
        try trail.accept(conversation: "c1")
        let failure = JournalStoreError(.locked, "a reader")
        trail.archive.scrubFailure = failure
        #expect(throws: ErasureFailure.notScrubbed(1, failure)) { try erase(.conversation("c1"), in: trail) }
        trail.archive.scrubFailure = nil
        #expect(try erase(.conversation("c1"), in: trail) == 0)
        #expect(trail.archive.scrubs == 1)
    }

    private func filter(_ kind: RecordKind) -> EntryFilter {
        var filter = EntryFilter()
        filter.kind = kind
        return filter
    }
}
