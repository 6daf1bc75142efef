@testable import AuditReport
import Journal
import Messaging
import SeededCases
import Testing

@Suite struct TrailVerificationTests {
    @Test func `a log as it was written has no fault, at every size and step`() throws {
        for size in 0...20 {
            let trail = try SampleTrail.reads(size)
            try trail.sign()
            for step in [1, 3, 7, 100] {
                let report = try TrailVerification(archive: trail.archive, key: trail.key, step: step).run()
                #expect(report.size == size && report.signedSize == size && report.pruned == 0)
            }
        }
    }

    @Test func `messages without an outcome and records without a signature are counted`() throws {
        let trail = try SampleTrail()
        try trail.send()
        try trail.accept(conversation: "c1")
        try trail.sign()
        try trail.accept(conversation: "c2")
        let report = try TrailVerification(archive: trail.archive, key: trail.key).run()
        #expect(report.open == 2 && report.size == 4 && report.signedSize == 3 && report.records == 4)
    }

    @Test func `every random tampering with a row is found`() throws {
        var random = SplitMix64()
        for number in 0..<300 {
            let trail = try SampleTrail.reads(16)
            if random.chance(1, in: 2) {
                try trail.prune(to: 8)
                if random.chance(1, in: 2) { trail.archive.sweep() }
            }
            let archive = trail.archive
            let index = (archive.stored.firstIndex { $0.number > archive.begin.size } ?? 0) + random.below(8)
            switch random.below(5) {
            case 0: archive.stored[index].body[random.below(archive.stored[index].body.count)] ^= 1
            case 1: archive.stored.remove(at: index)
            case 2: archive.stored[index].link = MerkleTree.emptyRoot
            case 3: archive.stored[index].number += 100
            default:
                let checkpoint = archive.signed.indices.filter { archive.signed[$0].size >= archive.begin.size }
                archive.signed[random.element(of: checkpoint)].note += " "
            }
            #expect(throws: LogFault.self, "\(replay(number))") {
                try TrailVerification(archive: archive, key: trail.key, step: 1 + random.below(9)).run()
            }
        }
    }

    @Test func `a row that can not be read is named, after all that is wrong before it`() throws {
        let trail = try SampleTrail.reads(30)
        trail.archive.unreadable = [17, 23]
        #expect(throws: LogFault.changed(17)) { try fault(of: trail) }
        trail.archive.stored[11].body[60] ^= 1
        #expect(throws: LogFault.self) { try fault(of: trail) }
        trail.archive.stored.remove(at: 4)
        #expect(throws: LogFault.missing(5...5)) { try fault(of: trail) }
    }

    @Test func `a head that can not be read or is not the signed one is changed`() throws {
        let trail = try SampleTrail.reads(12)
        try trail.prune(to: 8)
        trail.archive.sweep()
        let good = trail.archive.begin
        trail.archive.begin = LogHead(log: good.log, chain: HashChain(resuming: MerkleTree.emptyRoot), tree: good.tree)
        #expect(throws: LogFault.changedHead(8)) { try fault(of: trail) }
        trail.archive.begin = good
        _ = try fault(of: trail)
        trail.archive.isStartUnreadable = true
        #expect(throws: UnreadableTrail.head) { try fault(of: trail) }
    }

    @Test func `a start at the end of all numbers stops nothing`() throws {
        let trail = try SampleTrail.reads(4)
        let size = Int.max - 2
        let frontier = [Digest32](repeating: MerkleTree.emptyRoot, count: size.nonzeroBitCount)
        let tree = try #require(MerkleTree(size: size, frontier: frontier))
        trail.archive.begin = LogHead(
            log: trail.archive.log, chain: HashChain(resuming: MerkleTree.emptyRoot), tree: tree)
        trail.archive.stored[3].number = .max
        #expect(throws: LogFault.changedHead(size)) { try fault(of: trail) }
        #expect(throws: ProofFailure.self) { try ProofFile.make(for: .max, archive: trail.archive) }
        #expect(try EntryReader(archive: trail.archive).entries(limit: 5).entries.map(\.number) == [.max])
        #expect(try EntryReader(archive: trail.archive).entries(below: .min, limit: 5).entries.isEmpty)
        var numbers: [Int] = []
        try EntryReader(archive: trail.archive).forEach { numbers.append($0.number) }
        #expect(numbers == [.max])
    }

    @Test func `a key of another log is told`() throws {
        let trail = try SampleTrail.reads(4)
        let other = try SampleTrail(log: LogID("ffeeddccbbaa99887766554433221100")!)
        #expect(throws: LogFault.changedHead(0)) {
            try TrailVerification(archive: trail.archive, key: other.key).run()
        }
    }

    @Test func `a log without any checkpoint is unsigned`() throws {
        let trail = try SampleTrail.reads(3)
        #expect(throws: UnsignedLog(records: 3)) { try fault(of: trail) }
    }

    @Test func `a pruning that nobody signed is missing`() throws {
        let trail = try SampleTrail.reads(12)
        try trail.prune(to: 8)
        trail.archive.sweep()
        _ = try fault(of: trail)
        trail.archive.signed.removeLast()
        #expect(throws: LogFault.missing(1...8)) { try fault(of: trail) }
    }

    @Test func `a record with a forged number far away is found in a moment`() throws {
        let trail = try SampleTrail.reads(8)
        trail.archive.stored[5].number = .max
        #expect(throws: LogFault.missing(6...6)) { try fault(of: trail) }
        let masters = [SampleTrail.master]
        #expect(throws: LogFault.missing(6...6)) { try contents(of: trail, masters) }
        trail.archive.stored.removeLast(2)
        #expect(throws: LogFault.missing(6 ... .max - 1)) { try fault(of: trail) }
    }

    @Test func `checkpoints from before the beginning are on their way out`() throws {
        let trail = try SampleTrail.reads(8)
        trail.archive.signed.append(StoredCheckpoint(size: -1, at: 0, note: "", frontier: []))
        _ = try fault(of: trail)
        try trail.prune(to: 8)
        trail.archive.signed[0].note = ""
        _ = try fault(of: trail)
    }

    @Test func `checkpoints beyond the end count where they are signed`() throws {
        let trail = try SampleTrail.reads(8)
        trail.archive.stored.removeLast(2)
        #expect(throws: LogFault.truncated(after: 6, checkpoint: 8)) { try fault(of: trail) }
        let stranger = try SampleTrail(seed: 2)
        for number in 1...8 { try stranger.read(conversation: "c\(number)") }
        try stranger.sign()
        trail.archive.signed[1] = stranger.archive.signed[0]
        #expect(throws: LogFault.wrongSignature(8)) { try fault(of: trail) }
    }

    @Test func `records that retention removes meanwhile are not missed`() throws {
        let trail = try SampleTrail.reads(40)
        var reads = 0
        trail.archive.beforeReading = {
            reads += 1
            guard reads == 3 else { return }
            try? trail.prune(to: 24)
            trail.archive.sweep()
        }
        let report = try TrailVerification(archive: trail.archive, key: trail.key, step: 5).run()
        #expect(report.pruned == 24 && report.size == 41)
    }

    @Test func `what a gateway appends meanwhile is left to the next time`() throws {
        let trail = try SampleTrail.reads(20)
        trail.archive.beforeReading = {
            try? trail.read(conversation: "new")
            try? trail.sign()
        }
        let report = try TrailVerification(archive: trail.archive, key: trail.key, step: 3).run()
        #expect(report.size == 20 && report.signedSize == 20)
    }

    @Test func `progress ends at the whole`() throws {
        let trail = try SampleTrail.reads(20)
        var steps: [Int] = []
        _ = try TrailVerification(archive: trail.archive, key: trail.key, masterKeys: [], step: 6).run { done, total in
            #expect(total == 40)
            steps.append(done)
        }
        #expect(steps == [6, 12, 18, 20, 26, 32, 38, 40])
    }

    // MARK: A checkpoint that was kept elsewhere

    @Test func `a checkpoint of this log agrees at every size, with whatever line feeds at its end`() throws {
        let trail = try SampleTrail.reads(12)
        for checkpoint in trail.archive.signed {
            #expect(try fault(of: trail, kept: checkpoint.note).kept == .agrees(checkpoint.size))
            #expect(try fault(of: trail, kept: String(checkpoint.note.dropLast())).kept == .agrees(checkpoint.size))
            #expect(try fault(of: trail, kept: checkpoint.note + "\n\n").kept == .agrees(checkpoint.size))
        }
    }

    @Test func `a log that was taken back is truncated`() throws {
        let trail = try SampleTrail.reads(12)
        let kept = trail.archive.signed[2].note
        trail.archive.stored.removeLast(4)
        trail.archive.signed.removeLast()
        #expect(throws: LogFault.truncated(after: 8, checkpoint: 12)) { try fault(of: trail, kept: kept) }
    }

    @Test func `a log that the holder of the key made anew is rewritten`() throws {
        let trail = try SampleTrail.reads(12)
        let kept = trail.archive.signed[1].note
        let forged = try SampleTrail()
        for number in 1...12 {
            try forged.read(conversation: "other\(number)")
            if number.isMultiple(of: 4) { try forged.sign() }
        }
        #expect(throws: LogFault.rewritten(1...8)) { try fault(of: forged, kept: kept) }
    }

    @Test func `a checkpoint of what was pruned can not be compared, and says so`() throws {
        let trail = try SampleTrail.reads(12)
        let notes = trail.archive.signed.map(\.note)
        try trail.prune(to: 8)
        trail.archive.sweep()
        #expect(try fault(of: trail, kept: notes[0]).kept == .pruned(4))
        #expect(try fault(of: trail, kept: notes[1]).kept == .agrees(8))
    }

    @Test func `a checkpoint of somebody else counts for nothing`() throws {
        let trail = try SampleTrail.reads(4)
        let stranger = try SampleTrail(seed: 2)
        try stranger.sign()
        let other = try SampleTrail(log: LogID("ffeeddccbbaa99887766554433221100")!)
        try other.sign()
        #expect(throws: LogFault.wrongSignature(0)) { try fault(of: trail, kept: stranger.archive.signed[0].note) }
        #expect(throws: LogFault.malformedCheckpoint(0)) { try fault(of: trail, kept: other.archive.signed[0].note) }
        #expect(KeptCheckpoint("nonsense") == nil && KeptCheckpoint("") == nil && KeptCheckpoint("\n\n") == nil)
    }

    // MARK: Contents

    @Test func `contents that are kept are compared with their commitments`() throws {
        let sealer = ContentSealer(masterKeys: [SampleTrail.master])
        let trail = try SampleTrail(sealer: sealer)
        let messages = try (0..<4).map { try trail.accept(conversation: "c1", text: "text \($0)") }
        try trail.sign()
        let masters = [SampleTrail.master]
        #expect(try contents(of: trail, masters).matching == 4)
        #expect(try contents(of: trail, []).sealed == 4)
        trail.archive.unreadableLives = [messages[3]]
        #expect(throws: LogFault.changed(4)) { try contents(of: trail, masters) }
        trail.archive.unreadableLives = []
        trail.archive.rows[messages[0]]?.sealed = nil
        #expect(try contents(of: trail, masters).matching == 3)
        let other = trail.archive.rows[messages[3]]?.sealed
        trail.archive.rows[messages[2]]?.sealed?.content = other?.content
        #expect(throws: LogFault.changed(3)) { try contents(of: trail, masters) }
        trail.archive.rows[messages[2]]?.sealed = other
        #expect(throws: LogFault.changed(3)) { try contents(of: trail, masters) }
        // Sealed rightly, but not what was sent.
        let forged = try sealer.seal(
            Array(#"{"text":"never said"}"#.utf8), of: messages[1], recordKey: ContentSealer.makeRecordKey())
        trail.archive.rows[messages[1]]?.sealed = forged
        #expect(throws: LogFault.changed(2)) { try contents(of: trail, masters) }
    }

    private func contents(of trail: SampleTrail, _ masters: [MasterKey]) throws -> VerificationReport.Contents {
        let verification = TrailVerification(archive: trail.archive, key: trail.key, masterKeys: masters)
        return try #require(try verification.run().contents)
    }

    @discardableResult
    private func fault(of trail: SampleTrail, kept: String? = nil) throws -> VerificationReport {
        let kept = try kept.map { note in try #require(KeptCheckpoint(note)) }
        return try TrailVerification(archive: trail.archive, key: trail.key, kept: kept, step: 7).run()
    }
}
