/// A signed checkpoint with what a log needs to go on from there.
package struct StoredCheckpoint: Sendable, Hashable {
    package var size: Int
    /// Microseconds since 1970.
    package var at: Int64
    package var note: String
    package var frontier: [Digest32]

    package init(size: Int, at: Int64, note: String, frontier: [Digest32]) {
        self.size = size
        self.at = at
        self.note = note
        self.frontier = frontier
    }

    /// The log as it was at that size; nil where the note isn't one of that size or the frontier doesn't lead to its
    /// root.
    package var head: LogHead? {
        guard let text = SignedNote(note)?.text, let checkpoint = Checkpoint(text: text), checkpoint.size == size,
            let tree = MerkleTree(size: size, frontier: frontier), tree.root == checkpoint.root
        else { return nil }
        return LogHead(log: checkpoint.log, chain: HashChain(resuming: checkpoint.link), tree: tree)
    }
}
