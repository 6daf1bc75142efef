internal import GRDB
internal import Journal
internal import Messaging

/// The statements that every send runs, prepared once for a connection.
final class SQLiteSendStatements {
    /// Many rows a statement: what a statement costs beside its rows is half of a row's own work.
    private static let rowsAtOnce = 16
    private static let insertRecord = "INSERT INTO record(seq, body, link) VALUES (?, ?, ?)"

    private let record: SQLiteInsertion
    private let records: SQLiteInsertion
    private let opened: SQLiteInsertion
    private let content: SQLiteInsertion
    private let closed: SQLiteInsertion

    init(on database: Database) throws {
        guard let connection = unsafe database.sqliteConnection else {
            throw JournalStoreError(.other, "the connection is closed")
        }
        let more = String(repeating: ", (?, ?, ?)", count: SQLiteSendStatements.rowsAtOnce - 1)
        record = unsafe try SQLiteInsertion(SQLiteSendStatements.insertRecord, on: connection)
        records = unsafe try SQLiteInsertion(SQLiteSendStatements.insertRecord + more, on: connection)
        opened = unsafe try SQLiteInsertion(
            """
            INSERT INTO message(id, intent, caller, conversation, user) VALUES (?, ?, ?, ?, ?)
            """,
            on: connection
        )
        content = unsafe try SQLiteInsertion(
            "INSERT INTO content(intent, message, key, master, content) VALUES (?, ?, ?, ?, ?)", on: connection
        )
        closed = unsafe try SQLiteInsertion(
            """
            UPDATE message SET outcome = ?, answer = ?, conversation = coalesce(?, conversation)
            WHERE id = ? AND outcome IS NULL
            """,
            on: connection
        )
    }

    func insert(_ added: [StoredRecord]) throws {
        var rest = added[...]
        while rest.count >= SQLiteSendStatements.rowsAtOnce {
            for record in rest.prefix(SQLiteSendStatements.rowsAtOnce) { bind(record, to: records) }
            try records.run()
            rest.removeFirst(SQLiteSendStatements.rowsAtOnce)
        }
        for added in rest {
            bind(added, to: record)
            try record.run()
        }
    }

    func insert(_ message: OpenedMessage) throws {
        opened.bind(message.message.bytes)
        opened.bind(message.intent)
        opened.bind(message.caller.text)
        opened.bind(message.conversation)
        opened.bind(message.user)
        try opened.run()
        guard let sealed = message.sealed else { return }
        content.bind(message.intent)
        content.bind(message.message.bytes)
        content.bind(sealed.key)
        content.bind(sealed.master)
        content.bind(sealed.content)
        try content.run()
    }

    func update(_ message: ClosedMessage) throws {
        closed.bind(message.outcome)
        closed.bind(message.answer)
        closed.bind(message.conversation)
        closed.bind(message.message.bytes)
        try closed.run()
    }

    private func bind(_ record: StoredRecord, to statement: SQLiteInsertion) {
        statement.bind(record.number)
        statement.bind(record.body)
        statement.bind(record.link.bytes)
    }
}
