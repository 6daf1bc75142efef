internal import FoundationEssentials
package import Journal

/// A proof that a record is in a log, which stands for itself: a C2SP tlog-proof. `docs/audit-trail.md` fixes its form.
package struct ProofFile: Sendable, Hashable {
    private let body: [UInt8]
    /// The record's place, counted from zero.
    private let index: Int
    private let path: [Digest32]
    /// The checkpoint as it was signed.
    private let note: String

    private static let title = "c2sp.org/tlog-proof@v1"

    /// Makes the proof for a record by the smallest checkpoint that covers it.
    package static func make(for number: Int, archive: any JournalArchive) throws -> ProofFile {
        let start = try archive.start()
        guard number > start.size, let record = try archive.records(number...number, containing: nil).first else {
            throw ProofFailure.noRecord(number)
        }
        let checkpoints = try archive.checkpoints()
        guard let covering = checkpoints.first(where: { $0.size >= number && $0.checkpoint?.log == archive.log }),
            let checkpoint = covering.checkpoint
        else { throw ProofFailure.notCovered(number) }
        // What the last checkpoint before the record knows of those before it need not be read again.
        let nearest = checkpoints.last { $0.size < number && $0.size > start.size && $0.head != nil }?.head
        let leaf = MerkleTree.leaf(record.body)
        for base in [nearest?.tree, start.tree].compactMap({ $0 }) {
            let hash = LeafRangeHash(archive: archive, base: base)
            guard
                let proof = try? InclusionProof.make(
                    index: number - 1, treeSize: checkpoint.size, hash: hash.callAsFunction),
                proof.leads(from: leaf, to: checkpoint.root)
            else { continue }
            return ProofFile(body: record.body, index: proof.index, path: proof.path, note: covering.note)
        }
        throw ProofFailure.brokenLog(number)
    }

    private init(body: [UInt8], index: Int, path: [Digest32], note: String) {
        (self.body, self.index, self.path, self.note) = (body, index, path, note)
    }

    /// Reads a proof; nil where the form is another.
    package init?(_ text: String) {
        guard let separator = text.firstRange(of: "\n\n") else { return nil }
        let lines = text[..<separator.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, lines[0] == ProofFile.title, lines[1].hasPrefix("extra "), lines[2].hasPrefix("index "),
            let body = ProofFile.bytes(lines[1].dropFirst("extra ".count)),
            let index = Int(lines[2].dropFirst("index ".count)), (0..<Int.max).contains(index),
            lines[2] == "index \(index)"
        else { return nil }
        let path = lines.dropFirst(3).map { line in ProofFile.bytes(line).flatMap { Digest32(checking: $0) } }
        guard path.allSatisfy({ $0 != nil }) else { return nil }
        self.init(body: body, index: index, path: path.compactMap { $0 }, note: String(text[separator.upperBound...]))
    }

    package var text: String {
        let hashes = path.map { Data($0.bytes).base64EncodedString() + "\n" }.joined()
        return """
            \(ProofFile.title)
            extra \(Data(body).base64EncodedString())
            index \(index)
            \(hashes)
            \(note)
            """
    }

    /// Checks a proof by the log's key alone.
    package static func verify(_ text: String, key: VerifierKey) throws(ProofFailure) -> ProvenRecord {
        guard let file = ProofFile(text) else { throw .malformed }
        return try file.verified(by: key)
    }

    /// Gives the record that is proven.
    package func verified(by key: VerifierKey) throws(ProofFailure) -> ProvenRecord {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text),
            Checkpoint.origin(of: checkpoint.log) == key.name
        else { throw .malformedCheckpoint }
        guard signed.isSigned(by: key) else { throw .wrongSignature }
        let number = index + 1
        let record = AuditRecord(StoredRecord(number: number, body: body, link: checkpoint.link))
        guard record["log"] == checkpoint.log.text else { throw .otherLog }
        guard record.integer("seq") == number else { throw .otherNumber(number) }
        let proof = InclusionProof(index: index, treeSize: checkpoint.size, path: path)
        guard proof.leads(from: MerkleTree.leaf(body), to: checkpoint.root) else { throw .doesNotLead(number) }
        return ProvenRecord(number: number, body: body, checkpointSize: checkpoint.size)
    }

    /// What base64 stands for, in its only spelling.
    private static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard let data = Data(base64Encoded: String(text)), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}

extension StoredCheckpoint {
    /// What the note says; nil where it can't be read or is one of another size.
    var checkpoint: Checkpoint? {
        guard let signed = SignedNote(note), let checkpoint = Checkpoint(text: signed.text), checkpoint.size == size
        else { return nil }
        return checkpoint
    }
}
