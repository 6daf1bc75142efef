import AuditReport
import Foundation
import Journal
import Messaging
import Testing

@Suite struct ProofFileTests {
    @Test func `every record of every size has a proof that its key accepts`() throws {
        for size in 1...40 {
            let trail = try SampleTrail.reads(size)
            try trail.sign()
            for number in 1...size {
                let text = try ProofFile.make(for: number, archive: trail.archive).text
                let proven = try ProofFile.verify(text, key: trail.key)
                #expect(proven.number == number)
                #expect(proven.body == trail.archive.stored[number - 1].body)
                #expect(proven.checkpointSize == min((number + 3) / 4 * 4, size))
            }
        }
    }

    @Test func `every record behind every pruned start has a proof`() throws {
        for pruned in stride(from: 4, through: 36, by: 4) {
            let trail = try SampleTrail.reads(40)
            try trail.prune(to: pruned)
            for (isSwept, hasCheckpoints) in [(false, true), (true, true), (true, false)] {
                if isSwept { trail.archive.sweep() }
                if !hasCheckpoints { trail.archive.signed.removeAll { $0.size < 41 && $0.size != pruned } }
                #expect(throws: ProofFailure.noRecord(pruned)) {
                    try ProofFile.make(for: pruned, archive: trail.archive)
                }
                for number in pruned + 1...41 {
                    let text = try ProofFile.make(for: number, archive: trail.archive).text
                    #expect(try ProofFile.verify(text, key: trail.key).number == number)
                }
            }
        }
    }

    @Test func `one checkpoint over all records proves each by the records alone`() throws {
        for size in 1...40 {
            let trail = try SampleTrail.reads(size)
            trail.archive.signed = []
            try trail.sign()
            for number in 1...size {
                let text = try ProofFile.make(for: number, archive: trail.archive).text
                #expect(try ProofFile.verify(text, key: trail.key).checkpointSize == size)
            }
        }
    }

    @Test func `a wrong frontier of an earlier checkpoint costs time and not the proof`() throws {
        let trail = try SampleTrail.reads(12)
        for index in trail.archive.signed.indices {
            trail.archive.signed[index].frontier = trail.archive.signed[index].frontier.map { _ in MerkleTree.emptyRoot
            }
        }
        for number in 1...12 {
            let text = try ProofFile.make(for: number, archive: trail.archive).text
            #expect(try ProofFile.verify(text, key: trail.key).number == number)
        }
    }

    @Test func `a log that was changed gives no proof`() throws {
        let trail = try SampleTrail.reads(8)
        trail.archive.stored[4].body[100] ^= 1
        #expect(throws: ProofFailure.brokenLog(6)) { try ProofFile.make(for: 6, archive: trail.archive) }
        trail.archive.stored.remove(at: 6)
        #expect(throws: ProofFailure.brokenLog(6)) { try ProofFile.make(for: 6, archive: trail.archive) }
    }

    @Test func `what no checkpoint covers has no proof yet`() throws {
        let trail = try SampleTrail.reads(6)
        #expect(throws: ProofFailure.notCovered(5)) { try ProofFile.make(for: 5, archive: trail.archive) }
        #expect(throws: ProofFailure.noRecord(7)) { try ProofFile.make(for: 7, archive: trail.archive) }
        #expect(throws: ProofFailure.noRecord(0)) { try ProofFile.make(for: 0, archive: trail.archive) }
    }

    @Test func `a proof is refused under another key and with another log's record`() throws {
        let trail = try SampleTrail.reads(8)
        let stranger = try SampleTrail(seed: 2)
        let other = try SampleTrail(log: LogID("ffeeddccbbaa99887766554433221100")!)
        let text = try ProofFile.make(for: 3, archive: trail.archive).text
        #expect(throws: ProofFailure.wrongSignature) { try ProofFile.verify(text, key: stranger.key) }
        #expect(throws: ProofFailure.malformedCheckpoint) { try ProofFile.verify(text, key: other.key) }
        try other.read(conversation: "c")
        let body = Data(other.archive.stored[0].body).base64EncodedString()
        let foreign = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            index == 1 ? "extra \(body)" : String(line)
        }.joined(separator: "\n")
        #expect(throws: ProofFailure.otherLog) { try ProofFile.verify(foreign, key: trail.key) }
    }

    @Test func `a proof does not hold for another place`() throws {
        let trail = try SampleTrail.reads(8)
        let text = try ProofFile.make(for: 3, archive: trail.archive).text
        for index in [0, 1, 3, 7, 8, 100] {
            let moved = text.replacing("index 2\n", with: "index \(index)\n")
            #expect(throws: ProofFailure.otherNumber(index + 1)) { try ProofFile.verify(moved, key: trail.key) }
        }
    }

    @Test func `no changed character of a proof is accepted`() throws {
        let trail = try SampleTrail.reads(7)
        let text = try ProofFile.make(for: 2, archive: trail.archive).text
        let bytes = Array(text.utf8)
        for offset in bytes.indices {
            for other in [UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "\n")] where other != bytes[offset] {
                var changed = bytes
                changed[offset] = other
                #expect(throws: ProofFailure.self, "offset \(offset)") {
                    try ProofFile.verify(String(decoding: changed, as: UTF8.self), key: trail.key)
                }
            }
        }
    }

    @Test(arguments: [
        "c2sp.org/tlog-proof@v1\nextra AA==\nindex 9223372036854775807\n\nx\n", "", "\n\n",
        "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nextra AA==\nindex -1\n\nx\n",
    ])
    func `what has another form is no proof`(text: String) throws {
        let key = try SampleTrail().key
        #expect(throws: ProofFailure.malformed) { try ProofFile.verify(text, key: key) }
    }

    @Test func `a proof with other spellings is no proof`() throws {
        let trail = try SampleTrail.reads(4)
        let text = try ProofFile.make(for: 1, archive: trail.archive).text
        for (old, new) in [("index 0", "index 00"), ("index 0", "index +0"), ("extra ", "extra  "), ("\n\n", "\n\n\n")]
        {
            #expect(throws: ProofFailure.self) {
                try ProofFile.verify(text.replacing(old, with: new, maxReplacements: 1), key: trail.key)
            }
        }
    }
}
