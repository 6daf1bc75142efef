internal import Journal

/// One record of a message's, with what vouches for it.
package struct StoryChapter: Sendable, Hashable {
    package let record: AuditRecord
    /// Its leaf in the log's tree (RFC 9162 section 2.1), and its link of the chain, as hexadecimal digits.
    package let leaf: String
    package let link: String
    /// Which checkpoint covers it, in words.
    package let coverage: String

    init(_ stored: StoredRecord, checkpoints: [StoredCheckpoint], key: VerifierKey?) {
        record = AuditRecord(stored)
        leaf = MerkleTree.leaf(stored.body).description
        link = stored.link.description
        coverage = RecordSection.coverage(of: stored.number, checkpoints: checkpoints, key: key)
    }
}
