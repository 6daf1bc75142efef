private import FoundationEssentials
private import GRDB
private import Glibc
package import Journal
package import Messaging

/// A journal in an SQLite database, for the one gateway that writes it. Confined to one thread.
///
/// WAL with `synchronous=FULL`: a commit returns after fdatasync of the log. Others may read, and erase by the `audit`
/// commands, at the same time; what they append is taken in before the next batch.
package final class SQLiteJournal: JournalStore {
    package let log: LogID
    private let path: String
    /// Free bytes that no intent may use.
    private let minimumFree: Int
    private let lock: JournalLock
    private var connection: DatabaseQueue
    /// Those of the connection; ended before it is closed.
    private var statements: SQLiteSendStatements?
    private var file: JournalFile
    private var known: LogHead
    private var dataVersion = -1
    private var hasRescued = false
    /// Retention has seen to all messages up to this intent.
    private var erasedUpTo: Int?
    /// The pruned size for which no message is left over.
    private var sweptSize = 0

    /// Opens a journal, or begins one where there is no file.
    ///
    /// - Parameters:
    ///   - minimumFree: bytes to keep free; on a small file system a twentieth of it counts, where that is less.
    ///   - newLog: the id of a log that is begun.
    package init(path: String, minimumFree: Int, newLog: LogID) throws(JournalStoreError) {
        self.path = path
        self.minimumFree = minimumFree
        lock = try JournalLock(path: path)
        do {
            try SQLiteJournal.createPrivately(path)
            let connection = try SQLiteSchema.open(path: path)
            let (log, head) = try connection.writeWithoutTransaction { database in
                let log = try SQLiteSchema.prepare(database, newLog: newLog)
                try SQLiteJournal.touch(database)
                return (log, try SQLiteLogReader.head(of: log, in: database))
            }
            (self.connection, self.log, known) = (connection, log, head)
            file = try JournalFile(path: path)
        } catch {
            throw JournalStoreError(error, path: path)
        }
    }

    package func head() throws(JournalStoreError) -> LogHead {
        try access { database in try refreshedHead(in: database) }
    }

    package func lastCheckpoint() throws(JournalStoreError) -> StoredCheckpoint? {
        try access(SQLiteLogReader.lastCheckpoint)
    }

    package func openMessages() throws(JournalStoreError) -> [MessageID] {
        try access { database in
            try Data.fetchAll(database, sql: "SELECT id FROM message WHERE outcome IS NULL ORDER BY intent")
                .compactMap(SQLiteMessageReader.message)
        }
    }

    package func commit(
        lookingUp names: [ClaimName],
        _ decide: (LogHead, [ClaimName: StoredClaim]) throws -> JournalBatch
    ) throws(JournalStoreError) {
        known = try access { database in
            var head = known
            try database.inTransaction(.immediate) {
                head = try refreshedHead(in: database)
                var claims: [ClaimName: StoredClaim] = [:]
                for name in names { claims[name] = try SQLiteMessageReader.claim(name, in: database) }
                let batch = try decide(head, claims)
                try SQLiteBatchWriter(database: database, statements: try prepared(on: database)).write(batch)
                head = batch.head
                return .commit
            }
            return head
        }
    }

    package func claim(_ name: ClaimName) throws(JournalStoreError) -> StoredClaim? {
        try access { database in try SQLiteMessageReader.claim(name, in: database) }
    }

    package func life(of message: MessageID) throws(JournalStoreError) -> MessageLife? {
        try access { database in try SQLiteMessageReader.life(of: message, in: database) }
    }

    package func queue(
        after message: MessageID?, limit: Int, withFailed: Bool
    ) throws(JournalStoreError) -> [QueuedMessage] {
        try access { database in
            try SQLiteQueueReader.queue(after: message, limit: limit, withFailed: withFailed, in: database)
        }
    }

    package func queued(_ message: MessageID) throws(JournalStoreError) -> QueuedMessage? {
        try access { database in try SQLiteQueueReader.queued(message, in: database) }
    }

    package func userTokens(after user: AppUser?, limit: Int) throws(JournalStoreError) -> [StoredUserTokens] {
        try access { database in try SQLiteUserTokens.page(after: user, limit: limit, in: database) }
    }

    package func uses(since unixMicroseconds: Int64) throws(JournalStoreError) -> [RecordedUse] {
        try access { database in try SQLiteUseReader.uses(since: unixMicroseconds, in: database) }
    }

    package func checkPlace() throws(JournalStoreError) {
        try file.check()
    }

    package func checkSpace() throws(JournalStoreError) {
        guard let space = JournalFile.space(at: path) else { return }
        let floor = min(minimumFree, space.total / 20)
        guard space.free >= floor else {
            throw JournalStoreError(.lowSpace, "\(space.free) bytes are free, \(floor) are kept")
        }
    }

    package func close() {
        if file.isInPlace != true { try? save(to: path + ".rescued") }
        disconnect()
    }

    private func disconnect() {
        statements = nil
        try? connection.close()
    }

    private func prepared(on database: Database) throws -> SQLiteSendStatements {
        if let statements { return statements }
        let prepared = try SQLiteSendStatements(on: database)
        statements = prepared
        return prepared
    }

    /// The log with what others appended. A connection notices the commits of others by `data_version`.
    private func refreshedHead(in database: Database) throws -> LogHead {
        let version = try Int.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        guard version != dataVersion else { return known }
        let head = try SQLiteLogReader.extend(known, in: database)
        (dataVersion, known) = (version, head)
        return head
    }

    private func access<Value>(_ use: (Database) throws -> Value) throws(JournalStoreError) -> Value {
        do {
            return try connection.writeWithoutTransaction(use)
        } catch {
            throw JournalStoreError(error, path: path)
        }
    }

    /// Proves that a write gets through.
    private static func touch(_ database: Database) throws {
        try database.execute(sql: "UPDATE log SET version = version")
    }

    /// Nobody else may read it; SQLite gives its other files the same mode.
    private static func createPrivately(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw JournalStoreError(.inputOutput, "\(path) can not be made")
        }
    }
}

extension SQLiteJournal {
    // MARK: Recovery

    package func recover() throws(JournalStoreError) {
        do {
            switch file.isInPlace {
            case true?: try reopen()
            case false?: try restore()
            case nil:
                rescue()
                throw JournalStoreError(.missing, "\(path) is not there any more")
            }
        } catch {
            throw JournalStoreError(error, path: path)
        }
    }

    /// After a failed sync nobody knows what of the log is on disk, though all of it can be read. So it is carried over
    /// into the database, which is synced, and begun anew.
    private func reopen() throws {
        do {
            try connection.writeWithoutTransaction(SQLiteLogReader.emptyLog)
        } catch {
            // Where the log's file was taken away, this connection alone has it, and it must not be given up.
            guard file.hasLog else { throw error }
        }
        try adopt(SQLiteSchema.open(path: path))
    }

    /// Puts back what this connection still holds, where the file that stands in our place is an older state of it.
    private func restore() throws {
        let copy = path + ".candidate"
        try? FileManager.default.removeItem(atPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        // Examined as a copy: opened in place it would be taken together with the write-ahead log of the other file.
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        guard try isOlderState(copy) else {
            throw JournalStoreError(.replaced, "\(path) is another file now, and not an older state of this log")
        }
        let restored = path + ".restored"
        try save(to: restored)
        // Closing the last connection to a file removes what is at the name of its log, so this comes first.
        disconnect()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        guard unsafe rename(restored, path) == 0 else {
            throw JournalStoreError(.inputOutput, "\(restored) can not be put in the place of \(path)")
        }
        file = try JournalFile(path: path)
        try adopt(SQLiteSchema.open(path: path))
    }

    private func isOlderState(_ candidate: String) throws -> Bool {
        let other = try SQLiteSchema.open(path: candidate)
        defer { try? other.close() }
        let last = try other.writeWithoutTransaction { database -> StoredRecord? in
            guard try SQLiteSchema.log(in: database) == log else {
                throw JournalStoreError(.replaced, "\(path) is another log now")
            }
            return try Row.fetchOne(database, sql: "SELECT * FROM record ORDER BY seq DESC LIMIT 1")
                .map(SQLiteLogReader.record)
        }
        guard let last else { return true }
        let (ours, pruned) = try connection.writeWithoutTransaction { database in
            let ours = try Row.fetchOne(database, sql: "SELECT * FROM record WHERE seq = ?", arguments: [last.number])
                .map(SQLiteLogReader.record)
            return (ours, try SQLiteLogReader.start(of: log, in: database).size)
        }
        // What was pruned meanwhile can't be compared any more.
        if ours == nil, last.number <= pruned { return true }
        return ours == last
    }

    /// Takes a connection for the journal, if it can be written and holds all that is known; until then the old one
    /// stays.
    private func adopt(_ fresh: DatabaseQueue) throws {
        do {
            let head = try fresh.writeWithoutTransaction { database in
                guard try SQLiteSchema.log(in: database) == log else {
                    throw JournalStoreError(.replaced, "\(path) holds another log")
                }
                try SQLiteJournal.touch(database)
                try SQLiteLogReader.emptyLog(database)
                try SQLiteJournal.touch(database)
                return try SQLiteLogReader.head(of: log, in: database)
            }
            guard head.size >= known.size else {
                throw JournalStoreError(.replaced, "\(path) lacks records that were written before")
            }
            file = try JournalFile(path: path)
            (known, dataVersion) = (head, -1)
        } catch {
            try? fresh.close()
            throw error
        }
        disconnect()
        connection = fresh
    }

    /// A deleted file lives as long as it is open: what it holds is saved beside where it was.
    private func rescue() {
        guard !FileManager.default.fileExists(atPath: path + ".rescued") || !hasRescued else { return }
        hasRescued = (try? save(to: path + ".rescued")) != nil
    }

    /// A copy that is whole or not there.
    private func save(to target: String) throws {
        let part = target + ".part"
        try? FileManager.default.removeItem(atPath: part)
        try SQLiteJournal.createPrivately(part)
        let copy = try DatabaseQueue(path: part)
        try connection.backup(to: copy)
        try copy.close()
        guard unsafe rename(part, target) == 0 else {
            throw JournalStoreError(.inputOutput, "\(target) can not be written")
        }
    }

}

extension SQLiteJournal {
    // MARK: Ageing

    package func unerased(before unixMilliseconds: UInt64, limit: Int) throws(JournalStoreError) -> [MessageID] {
        try access { database in
            if erasedUpTo == nil { erasedUpTo = try Int.fetchOne(database, sql: "SELECT erased FROM log") }
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT intent, message FROM content WHERE intent > ? AND erased = 0 ORDER BY intent LIMIT ?",
                arguments: [erasedUpTo ?? 0, limit]
            )
            // Those that are given now come again until they are erased; nothing before them does.
            if let first = rows.first { erasedUpTo = try first.value("intent") - 1 }
            let old = try rows.compactMap { SQLiteMessageReader.message(try $0.value("message")) }
                .filter { $0.unixMilliseconds < unixMilliseconds }
            guard old.isEmpty, rows.count == limit, let last = rows.last else { return old }
            return try unerasedLate(before: unixMilliseconds, after: last.value("intent"), limit: limit, in: database)
        }
    }

    /// What was written behind many younger ones, as after a clock that ran ahead was set back. The newest of the old
    /// ones says without a scan whether there is any.
    private func unerasedLate(
        before unixMilliseconds: UInt64,
        after intent: Int,
        limit: Int,
        in database: Database
    ) throws -> [MessageID] {
        let end = Data(MessageID(lowestAt: unixMilliseconds).bytes)
        let newest = try Int.fetchOne(
            database, sql: "SELECT intent FROM message WHERE id < ? ORDER BY id DESC LIMIT 1", arguments: [end]
        )
        guard let newest, newest > intent else { return [] }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT message FROM content
                WHERE intent > ? AND intent <= ? AND erased = 0 AND message < ? ORDER BY intent LIMIT ?
                """,
            arguments: [intent, newest, end, limit]
        )
        return try rows.compactMap { SQLiteMessageReader.message(try $0.value("message")) }
    }

    package func wrapped(
        otherThan master: String,
        after message: MessageID?,
        limit: Int
    ) throws(JournalStoreError) -> [(message: MessageID, sealed: SealedContent)] {
        try access { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT m.id, c.key, c.master, c.content FROM message m JOIN content c ON c.intent = m.intent
                    WHERE m.id > ? AND c.master <> ? AND c.erased = 0 ORDER BY m.id LIMIT ?
                    """,
                arguments: [Data(message?.bytes ?? []), master, limit]
            ).compactMap { row in
                guard let message = SQLiteMessageReader.message(try row.value("id")),
                    let sealed = try SQLiteMessageReader.sealed(row)
                else { return nil }
                return (message, sealed)
            }
        }
    }

    package func prunable(before unixMicroseconds: Int64) throws(JournalStoreError) -> StoredCheckpoint? {
        try access { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM checkpoint INDEXED BY checkpoint_at
                    WHERE at < ? AND size > (SELECT pruned FROM log) AND size <
                        coalesce((SELECT min(intent) FROM message WHERE outcome IS NULL), 9223372036854775807)
                    ORDER BY size DESC LIMIT 1
                    """,
                arguments: [unixMicroseconds]
            ).map(SQLiteLogReader.checkpoint)
        }
    }

    package func sweep(expiredBefore unixMicroseconds: Int64, limit: Int) throws(JournalStoreError) -> Bool {
        try access { database in
            var more = false
            try database.inTransaction(.immediate) {
                let sweeper = SQLiteSweeper(database: database, limit: limit)
                more = try sweeper.sweep(expiredBefore: unixMicroseconds, erasedUpTo: erasedUpTo, swept: &sweptSize)
                return .commit
            }
            return more
        }
    }

    package func scrub() throws(JournalStoreError) {
        try access(SQLiteLogReader.emptyLog)
    }
}
