private import Crypto

/// The Merkle tree of RFC 6962 section 2.1 over a log's records, kept as its frontier: the roots of the perfect
/// subtrees that the first n leaves fall into, largest first. It takes 32 bytes for each binary one in n.
package struct MerkleTree: Sendable, Hashable {
    package private(set) var size: Int
    package private(set) var frontier: [Digest32]

    package init() {
        size = 0
        frontier = []
    }

    /// A tree that goes on from a known frontier; nil where it doesn't have the hashes that a tree of that size has.
    package init?(size: Int, frontier: [Digest32]) {
        guard size >= 0, frontier.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.frontier = frontier
    }

    package static func leaf(_ body: some Sequence<UInt8>) -> Digest32 {
        var hash = SHA256()
        hash.update(data: leafPrefix)
        hash.update(data: Array(body))
        return Digest32(hash.finalize())
    }

    package static func node(_ left: Digest32, _ right: Digest32) -> Digest32 {
        var hash = SHA256()
        hash.update(data: nodePrefix)
        left.update(&hash)
        right.update(&hash)
        return Digest32(hash.finalize())
    }

    private static let leafPrefix: [UInt8] = [0x00]
    private static let nodePrefix: [UInt8] = [0x01]

    /// The hash of no leaves, as RFC 6962 has it.
    package static let emptyRoot = Digest32(SHA256.hash(data: [UInt8]()))

    package mutating func append(leaf: Digest32) {
        var node = leaf
        // Each perfect subtree of the same height as the new one joins it.
        for _ in 0..<size.trailingOneBitCount {
            node = MerkleTree.node(frontier.removeLast(), node)
        }
        frontier.append(node)
        size += 1
    }

    package var root: Digest32 {
        guard var root = frontier.last else { return MerkleTree.emptyRoot }
        for left in frontier.dropLast().reversed() { root = MerkleTree.node(left, root) }
        return root
    }
}

extension Int {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
