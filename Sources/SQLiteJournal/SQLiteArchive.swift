private import FoundationEssentials
private import GRDB
package import Journal
package import Messaging

/// A journal in an SQLite database for the `audit` commands: reads, and erases, also while a gateway writes. Confined
/// to one thread.
package final class SQLiteArchive: JournalArchive {
    package let log: LogID
    private let path: String
    private let connection: DatabaseQueue

    /// - Parameter isReadOnly: where nothing is to be erased. A journal that no gateway writes, on a medium that can't
    ///   be written, can't be opened by SQLite in WAL mode; copy it.
    package init(path: String, isReadOnly: Bool) throws(JournalStoreError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw JournalStoreError(.missing, "\(path) is not there")
        }
        do {
            connection = try SQLiteSchema.open(path: path, isReadOnly: isReadOnly)
            log = try connection.read(SQLiteSchema.log)
        } catch {
            throw JournalStoreError(error, path: path)
        }
    }

    package func start() throws(JournalStoreError) -> LogHead {
        try access { database in try SQLiteLogReader.start(of: log, in: database) }
    }

    package func lastNumber() throws(JournalStoreError) -> Int {
        try access { database in
            let last = try Int.fetchOne(database, sql: "SELECT max(seq) FROM record")
            return try last ?? SQLiteLogReader.start(of: log, in: database).size
        }
    }

    package func records(
        _ numbers: ClosedRange<Int>,
        containing part: [UInt8]?
    ) throws(JournalStoreError) -> [StoredRecord] {
        try access { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT seq, body, link FROM record WHERE seq BETWEEN ? AND ? AND (? IS NULL OR instr(body, ?) > 0)
                    ORDER BY seq
                    """
            )
            let part = part.map { Data($0) }
            return try Row.fetchAll(statement, arguments: [numbers.lowerBound, numbers.upperBound, part, part])
                .map(SQLiteLogReader.record)
        }
    }

    package func checkpoints() throws(JournalStoreError) -> [StoredCheckpoint] {
        try access { database in
            try Row.fetchAll(database, sql: "SELECT * FROM checkpoint ORDER BY size").map(SQLiteLogReader.checkpoint)
        }
    }

    package func life(of message: MessageID) throws(JournalStoreError) -> MessageLife? {
        try access { database in try SQLiteMessageReader.life(of: message, in: database) }
    }

    package func queue(after message: MessageID?, limit: Int) throws(JournalStoreError) -> [QueuedMessage] {
        try access { database in
            try SQLiteQueueReader.queue(after: message, limit: limit, withFailed: true, in: database)
        }
    }

    package func queued(_ message: MessageID) throws(JournalStoreError) -> QueuedMessage? {
        try access { database in try SQLiteQueueReader.queued(message, in: database) }
    }

    package func unerased(_ selection: MessageSelection, limit: Int) throws(JournalStoreError) -> [MessageID] {
        let (condition, argument): (String, any DatabaseValueConvertible) =
            switch selection {
            case .message(let message): ("m.id = ?", Data(message.bytes))
            case .conversation(let conversation): ("m.conversation = ?", conversation)
            case .user(let user): ("m.user = ?", user)
            case .before(let time): ("m.id < ?", Data(MessageID(lowestAt: time).bytes))
            }
        return try access { database in
            try Data.fetchAll(
                database,
                sql: """
                    SELECT m.id FROM message m JOIN content c ON c.intent = m.intent
                    WHERE \(condition) AND c.erased = 0 ORDER BY m.id LIMIT ?
                    """,
                arguments: [argument, limit]
            ).compactMap(SQLiteMessageReader.message)
        }
    }

    package func commit(_ decide: (LogHead) throws -> JournalBatch) throws(JournalStoreError) {
        try access { database in
            try database.inTransaction(.immediate) {
                let head = try SQLiteLogReader.head(of: log, in: database)
                let statements = try SQLiteSendStatements(on: database)
                try SQLiteBatchWriter(database: database, statements: statements).write(try decide(head))
                return .commit
            }
        }
    }

    package func scrub() throws(JournalStoreError) {
        try access(SQLiteLogReader.emptyLog)
    }

    private func access<Value>(_ use: (Database) throws -> Value) throws(JournalStoreError) -> Value {
        do {
            return try connection.writeWithoutTransaction(use)
        } catch {
            throw JournalStoreError(error, path: path)
        }
    }
}
