/// Proves that a record is the one at its place in a log of a given size (RFC 9162 section 2.1.3).
package struct InclusionProof: Sendable, Hashable {
    /// The record's place, counted from zero.
    package let index: Int
    package let treeSize: Int
    /// Sibling hashes from the leaf up.
    package let path: [Digest32]

    package init(index: Int, treeSize: Int, path: [Digest32]) {
        self.index = index
        self.treeSize = treeSize
        self.path = path
    }

    /// Makes the proof from hashes of whole ranges of leaves.
    ///
    /// - Parameter hash: the Merkle Tree Hash of a range of leaves, where it is a subtree of the tree.
    package static func make(
        index: Int,
        treeSize: Int,
        hash: (Range<Int>) throws -> Digest32
    ) rethrows -> InclusionProof {
        var path: [Digest32] = []
        var range = 0..<treeSize
        while range.count > 1 {
            let middle = range.lowerBound + split(range.count)
            if index < middle {
                path.append(try hash(middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, treeSize: treeSize, path: path.reversed())
    }

    /// Whether the proof leads from this leaf to that root: the algorithm of RFC 9162 section 2.1.3.2.
    package func leads(from leaf: Digest32, to root: Digest32) -> Bool {
        guard index >= 0, index < treeSize else { return false }
        var position = index
        var last = treeSize - 1
        var node = leaf
        for sibling in path {
            guard last > 0 else { return false }
            if !position.isMultiple(of: 2) || position == last {
                node = MerkleTree.node(sibling, node)
                while position.isMultiple(of: 2), position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                node = MerkleTree.node(node, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && node == root
    }

    /// The largest power of two below a count of two or more: where RFC 6962 splits a tree.
    package static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
