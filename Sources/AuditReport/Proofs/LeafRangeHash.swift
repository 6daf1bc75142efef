internal import Journal

/// Merkle Tree Hashes of ranges of a log's leaves (RFC 6962 section 2.1), of which the first may be known by the roots
/// of their perfect subtrees alone.
struct LeafRangeHash {
    let archive: any JournalArchive
    /// What is known of the first leaves.
    let base: MerkleTree

    /// - Parameter range: leaves counted from zero; a subtree of the tree that a proof is made in.
    func callAsFunction(_ range: Range<Int>) throws -> Digest32 {
        if let known = knownHash(of: range) { return known }
        if range.lowerBound >= base.size { return try hashOfRecords(range) }
        guard range.count > 1 else { throw ProofFailure.brokenLog(range.lowerBound + 1) }
        let middle = range.lowerBound + InclusionProof.split(range.count)
        return try MerkleTree.node(self(range.lowerBound..<middle), self(middle..<range.upperBound))
    }

    /// The hash that the frontier has for a range; nil for all that is not exactly one of its subtrees.
    private func knownHash(of range: Range<Int>) -> Digest32? {
        var first = 0
        for (index, digest) in base.frontier.enumerated() {
            // The subtrees are as large as the binary ones of the size, largest first.
            let rest = base.size - first
            let count = 1 << (Int.bitWidth - 1 - rest.leadingZeroBitCount)
            if range == first..<first + count { return base.frontier.indices.contains(index) ? digest : nil }
            first += count
        }
        return nil
    }

    private func hashOfRecords(_ range: Range<Int>) throws -> Digest32 {
        var tree = MerkleTree()
        try RecordWalk(archive: archive).up(range.lowerBound + 1...range.upperBound) { _, records in
            for record in records {
                guard record.number == range.lowerBound + tree.size + 1 else { return false }
                tree.append(leaf: MerkleTree.leaf(record.body))
            }
            return true
        }
        guard tree.size == range.count else { throw ProofFailure.noRecord(range.lowerBound + tree.size + 1) }
        return tree.root
    }
}
