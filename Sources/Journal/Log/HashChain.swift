private import Crypto

/// The links that tie each record to all before it. `docs/audit-trail.md` fixes every byte.
package struct HashChain: Sendable, Hashable {
    /// The link of the last record.
    package private(set) var link: Digest32

    /// The chain of a log that has no records yet.
    package init(log: LogID) {
        link = Digest32(SHA256.hash(data: [0x02] + Array(log.text.utf8)))
    }

    /// A chain that goes on behind a known link.
    package init(resuming link: Digest32) {
        self.link = link
    }

    private static let prefix: [UInt8] = [0x02]

    package mutating func append(leaf: Digest32) {
        var hash = SHA256()
        hash.update(data: HashChain.prefix)
        link.update(&hash)
        leaf.update(&hash)
        link = Digest32(hash.finalize())
    }
}
