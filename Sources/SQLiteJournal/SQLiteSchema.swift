internal import GRDB
internal import Journal

/// The tables of a journal; `docs/audit-trail.md` explains them.
enum SQLiteSchema {
    static let version = 3

    /// What erasure destroys stands in a table of its own, in which rows are only ever appended, and later overwritten
    /// by others of the same length: SQLite leaves copies behind of rows that it moves to another page, also with
    /// `secure_delete`.
    ///
    /// The rows of `message` are ordered by ids, and so by time. `message_open` holds only what is under way. There is
    /// no index by caller or conversation: every send would pay for what a scan answers in seconds.
    private static let tables = """
        CREATE TABLE log(
            id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL,
            pruned INTEGER NOT NULL DEFAULT 0, pruned_link BLOB, pruned_frontier BLOB,
            erased INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE TABLE record(seq INTEGER PRIMARY KEY, body BLOB NOT NULL, link BLOB NOT NULL);
        CREATE TABLE checkpoint(
            size INTEGER PRIMARY KEY, at INTEGER NOT NULL, note TEXT NOT NULL, frontier BLOB NOT NULL
        );
        CREATE INDEX checkpoint_at ON checkpoint(at);
        CREATE TABLE message(
            id BLOB NOT NULL PRIMARY KEY, intent INTEGER NOT NULL, outcome INTEGER, caller TEXT NOT NULL,
            conversation TEXT, user TEXT, answer BLOB
        ) WITHOUT ROWID;
        CREATE TABLE content(
            intent INTEGER PRIMARY KEY, message BLOB NOT NULL, erased INTEGER NOT NULL DEFAULT 0, key BLOB NOT NULL,
            master TEXT, content BLOB
        );
        CREATE INDEX message_open ON message(intent) WHERE outcome IS NULL;
        CREATE TABLE idempotency(
            caller TEXT NOT NULL, key TEXT NOT NULL, message BLOB NOT NULL, fingerprint BLOB NOT NULL,
            expires INTEGER NOT NULL, PRIMARY KEY(caller, key)
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_expires ON idempotency(expires);
        """

    /// What version 2 added. The queue's payloads are sealed under a key that isn't in the database.
    private static let queue = """
        CREATE TABLE queue(
            message BLOB NOT NULL PRIMARY KEY, intent INTEGER NOT NULL, app TEXT NOT NULL, caller TEXT NOT NULL,
            lane TEXT NOT NULL, payload BLOB NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL,
            expires INTEGER NOT NULL, retry_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        ALTER TABLE message ADD COLUMN reconciliation INTEGER;
        """

    /// What version 3 added. The key of each user's tokens stands in a row that is only ever overwritten by another of
    /// the same length, and used again for another user: so its bytes are nowhere else, and without them whatever copy
    /// of the tokens SQLite leaves behind is worth nothing. What looks through the queue again and again reads indexes,
    /// not payloads.
    private static let third = """
        CREATE TABLE user_token_key(
            slot INTEGER PRIMARY KEY, used INTEGER NOT NULL, master TEXT NOT NULL, key BLOB NOT NULL
        );
        CREATE INDEX user_token_key_free ON user_token_key(slot) WHERE used = 0;
        CREATE TABLE user_token(
            app TEXT NOT NULL, name TEXT NOT NULL, slot INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY(app, name)
        ) WITHOUT ROWID;
        CREATE INDEX queue_waiting ON queue(message, intent, app, caller, lane, state, attempts, expires, retry_at)
            WHERE state <> 2;
        CREATE INDEX queue_failed ON queue(expires) WHERE state = 2;
        """

    /// Opens a connection that loses nothing: WAL, every commit synced, erased bytes overwritten.
    static func open(path: String, isReadOnly: Bool = false) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "journal"
        if !isReadOnly {
            configuration.prepareDatabase { database in
                try database.execute(
                    sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                )
            }
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        if !isReadOnly { try queue.writeWithoutTransaction(requireDurability) }
        return queue
    }

    /// Gives the log that is there, or begins one.
    static func prepare(_ database: Database, newLog: LogID) throws -> LogID {
        if try !database.tableExists("log") {
            try database.inTransaction(.immediate) {
                try database.execute(sql: tables + queue + third)
                try database.execute(
                    sql: "INSERT INTO log(id, version) VALUES (?, ?)", arguments: [newLog.text, version]
                )
                return .commit
            }
        }
        try upgrade(database)
        return try log(in: database)
    }

    /// Versions differ in what was added; a journal of an earlier one gets that.
    private static func upgrade(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "SELECT version FROM log") ?? 0
        guard (1..<version).contains(found) else { return }
        try database.inTransaction(.immediate) {
            if found < 2 { try database.execute(sql: queue) }
            try database.execute(sql: third)
            try database.execute(sql: "UPDATE log SET version = ?", arguments: [version])
            return .commit
        }
    }

    static func log(in database: Database) throws -> LogID {
        guard try database.tableExists("log"),
            let row = try Row.fetchOne(database, sql: "SELECT id, version FROM log"),
            let log = LogID(try row.value("id"))
        else { throw JournalStoreError(.corrupt, "the file is not a journal") }
        // A view under a table's name could show to a reader what isn't stored.
        let tables = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM sqlite_master WHERE type = 'table'
                    AND name IN ('log', 'record', 'checkpoint', 'message', 'content', 'idempotency', 'queue',
                        'user_token', 'user_token_key')
                """
        )
        guard tables == 9 else { throw JournalStoreError(.corrupt, "the journal's tables are not there") }
        let found: Int = try row.value("version")
        guard found == version else {
            throw JournalStoreError(.corrupt, "the journal is of version \(found), this program knows \(version)")
        }
        return log
    }

    /// Somebody else's transaction is waited for as long as that: the commands' are short.
    private static let busySeconds = 5.0

    /// A journal that isn't synced would break the first promise in silence, so what was asked for is read back.
    private static func requireDurability(_ database: Database) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard mode == "wal", synchronous == 2 else {
            throw JournalStoreError(.other, "SQLite does not give a synced write-ahead log here")
        }
    }
}
