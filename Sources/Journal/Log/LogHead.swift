/// How far a log has come, and all that is needed to go on from there or to verify what follows.
package struct LogHead: Sendable, Hashable {
    package let log: LogID
    package private(set) var chain: HashChain
    package private(set) var tree: MerkleTree

    /// A log without records.
    package init(log: LogID) {
        self.log = log
        chain = HashChain(log: log)
        tree = MerkleTree()
    }

    /// A log of which the first records are known by their hashes alone.
    package init(log: LogID, chain: HashChain, tree: MerkleTree) {
        self.log = log
        self.chain = chain
        self.tree = tree
    }

    package var size: Int { tree.size }

    /// Takes a body as the next record, and gives that record.
    package mutating func append(_ body: [UInt8]) -> StoredRecord {
        let leaf = MerkleTree.leaf(body)
        chain.append(leaf: leaf)
        tree.append(leaf: leaf)
        return StoredRecord(number: tree.size, body: body, link: chain.link)
    }

    package var checkpoint: Checkpoint {
        Checkpoint(log: log, size: size, root: tree.root, link: chain.link)
    }
}
