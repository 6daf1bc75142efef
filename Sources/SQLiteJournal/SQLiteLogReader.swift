internal import FoundationEssentials
internal import GRDB
internal import Journal

/// Reads a log from its tables.
enum SQLiteLogReader {
    /// Where the log begins: empty, or what pruning left.
    static func start(of log: LogID, in database: Database) throws -> LogHead {
        let row = try Row.fetchOne(database, sql: "SELECT pruned, pruned_link, pruned_frontier FROM log")
        let pruned: Int = try row?.value("pruned") ?? 0
        guard let row, pruned != 0 else { return LogHead(log: log) }
        guard let link: Data = try row.optionalValue("pruned_link"), let digest = Digest32(checking: link),
            let tree = MerkleTree(size: pruned, frontier: try frontier(try row.optionalValue("pruned_frontier")))
        else { throw JournalStoreError(.corrupt, "the head that pruning left can not be read") }
        return LogHead(log: log, chain: HashChain(resuming: digest), tree: tree)
    }

    /// The log as it is: the last checkpoint and the records behind it, each checked against its link.
    static func head(of log: LogID, in database: Database) throws -> LogHead {
        let begin: LogHead
        if let checkpoint = try lastCheckpoint(in: database) {
            guard let head = checkpoint.head, head.log == log else {
                throw JournalStoreError(.corrupt, "the checkpoint over \(checkpoint.size) records can not be read")
            }
            begin = head
        } else {
            begin = try start(of: log, in: database)
        }
        return try extend(begin, in: database)
    }

    /// Takes in the records behind a head.
    static func extend(_ head: LogHead, in database: Database) throws -> LogHead {
        var head = head
        let statement = try database.cachedStatement(
            sql: "SELECT seq, body, link FROM record WHERE seq > ? ORDER BY seq")
        let rows = try Row.fetchCursor(statement, arguments: [head.size])
        while let row = try rows.next() {
            let record = try record(row)
            guard record.number == head.size + 1, head.append(record.body) == record else {
                throw JournalStoreError(.corrupt, "record \(head.size) does not continue the chain; see audit verify")
            }
        }
        return head
    }

    static func record(_ row: Row) throws -> StoredRecord {
        let body: Data = try row.value("body")
        let link: Data = try row.value("link")
        guard let digest = Digest32(checking: link) else {
            throw JournalStoreError(.corrupt, "a link is not 32 bytes long")
        }
        return StoredRecord(number: try row.value("seq"), body: Array(body), link: digest)
    }

    /// Carries the write-ahead log over into the database, and leaves nothing in it. Throws where a reader is in the
    /// way.
    static func emptyLog(_ database: Database) throws {
        let busy = try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        guard busy == 0 else {
            throw JournalStoreError(.locked, "a reader keeps the write-ahead log from being emptied")
        }
    }

    static func lastCheckpoint(in database: Database) throws -> StoredCheckpoint? {
        try Row.fetchOne(database, sql: "SELECT * FROM checkpoint ORDER BY size DESC LIMIT 1").map(checkpoint)
    }

    static func checkpoint(_ row: Row) throws -> StoredCheckpoint {
        StoredCheckpoint(
            size: try row.value("size"), at: try row.value("at"), note: try row.value("note"),
            frontier: try frontier(try row.optionalValue("frontier"))
        )
    }

    static func frontier(_ bytes: Data?) throws -> [Digest32] {
        let bytes = Array(bytes ?? Data())
        let digests = stride(from: 0, to: bytes.count, by: 32).compactMap { start in
            Digest32(checking: bytes[start..<min(start + 32, bytes.count)])
        }
        guard digests.count * 32 == bytes.count else {
            throw JournalStoreError(.corrupt, "a frontier is not a number of hashes")
        }
        return digests
    }
}
