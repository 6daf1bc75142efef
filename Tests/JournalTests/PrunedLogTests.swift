import Journal
import Messaging
import Testing

@Suite struct PrunedLogTests {
    /// The records behind the first `pruned`, then one that tells of the pruning; checkpoints where they are asked for.
    private struct PrunedLog {
        let start: LogHead
        let note: String
        let signer: CheckpointSigner
        var records: [StoredRecord] = []
        var checkpoints: [Int: StoredCheckpoint] = [:]

        init(pruned: Int, count: Int = 20, toldAt told: Int? = 18, last: Int? = nil, signed: [Int] = [20]) throws {
            let log = try SampleLog(count: 20)
            signer = log.signer
            var head = LogHead(log: SampleLog.id)
            var start = head
            for number in 1...count {
                var draft = RecordDraft(number == told ? .pruning : .read)
                if number == told { draft.last = last ?? pruned }
                let id = MessageID(unixMilliseconds: UInt64(number), random: (0, 0))
                let record = head.append(
                    draft.body(log: SampleLog.id, number: number, id: id, at: RFC3339Time.text(unixMicroseconds: 0)))
                if number > pruned { records.append(record) }
                if number == pruned { start = head }
                if signed.contains(number) {
                    checkpoints[number] = StoredCheckpoint(
                        size: number, at: 0, note: try signer.sign(head.checkpoint).description,
                        frontier: head.tree.frontier)
                }
            }
            self.start = start
            note = try signer.sign(start.checkpoint).description
        }

        func fault(prunedHead: String?) -> LogFault? {
            var verifier = LogVerifier(from: start, key: signer.verifierKey)
            do {
                try verifier.read(prunedHead: prunedHead)
                for record in records {
                    try verifier.read(record)
                    if let checkpoint = checkpoints[record.number] {
                        try verifier.read(checkpoint: checkpoint.note, frontier: checkpoint.frontier)
                    }
                }
                try verifier.end(largestCheckpoint: checkpoints.keys.max() ?? 0)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `what pruning leaves verifies from its head on`() throws {
        for pruned in 1...17 {
            var log = try PrunedLog(pruned: pruned)
            #expect(log.fault(prunedHead: log.note) == nil)
            log.records[0].body[40] ^= 1
            #expect(log.fault(prunedHead: log.note) != nil)
        }
    }

    @Test func `a head that no checkpoint of its size vouches for was changed`() throws {
        let log = try PrunedLog(pruned: 7)
        let (shorter, stranger) = (try PrunedLog(pruned: 6), try SampleLog(count: 20, seed: 2))
        let forged = try stranger.signer.sign(log.start.checkpoint).description
        for note in [nil, "", shorter.note, forged, log.note.replacing("link ", with: "link A")] {
            #expect(log.fault(prunedHead: note) == .changedHead(7))
        }
    }

    @Test func `a log without a signed record of its pruning has lost records`() throws {
        let missing = LogFault.missing(1...7)
        var log = try PrunedLog(pruned: 7, toldAt: nil)
        #expect(log.fault(prunedHead: log.note) == missing, "there is none")
        log = try PrunedLog(pruned: 7, last: 6)
        #expect(log.fault(prunedHead: log.note) == missing, "it tells of another")
        log = try PrunedLog(pruned: 7, toldAt: 6)
        #expect(log.fault(prunedHead: log.note) == missing, "it was removed itself")
        log = try PrunedLog(pruned: 7, toldAt: 19, signed: [18])
        #expect(log.fault(prunedHead: log.note) == missing, "it is not signed")
        log = try PrunedLog(pruned: 7, toldAt: 18, signed: [18])
        #expect(log.fault(prunedHead: log.note) == nil)
    }

    @Test func `a frontier that is not the one of the records is malformed`() throws {
        let log = try SampleLog(count: 4)
        var head = LogHead(log: SampleLog.id)
        var verifier = LogVerifier(from: head, key: log.signer.verifierKey)
        for record in log.records {
            _ = head.append(record.body)
            try verifier.read(record)
        }
        let note = try #require(log.checkpoints[4])
        let wrong = LogHead(log: SampleLog.id).chain.link
        for frontier in [[], [wrong], head.tree.frontier + [wrong]] {
            var copy = verifier
            #expect(throws: LogFault.malformedCheckpoint(4)) { try copy.read(checkpoint: note, frontier: frontier) }
        }
        try verifier.read(checkpoint: note, frontier: head.tree.frontier)
    }

    @Test func `a checkpoint is only gone on from where its frontier leads to its root`() throws {
        let log = try SampleLog(count: 7)
        var head = LogHead(log: SampleLog.id)
        for record in log.records { _ = head.append(record.body) }
        let note = try log.signer.sign(head.checkpoint).description
        let frontier = head.tree.frontier
        func stored(_ size: Int, _ frontier: [Digest32], _ note: String = note) -> LogHead? {
            StoredCheckpoint(size: size, at: 0, note: note, frontier: frontier).head
        }
        #expect(stored(7, frontier) == head)
        #expect(stored(6, frontier) == nil)
        #expect(stored(7, frontier.reversed()) == nil)
        #expect(stored(7, Array(frontier.dropLast())) == nil)
        #expect(stored(7, [frontier[0], frontier[0], frontier[0]]) == nil)
        #expect(stored(7, frontier, note.replacing("\n7\n", with: "\n3\n")) == nil)
        #expect(stored(7, frontier, "") == nil)
    }
}
