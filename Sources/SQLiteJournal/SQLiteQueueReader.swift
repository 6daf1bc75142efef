internal import FoundationEssentials
internal import GRDB
internal import Journal
internal import Messaging

/// Reads the queue of messages that wait to be sent.
enum SQLiteQueueReader {
    private static let columns = "message, intent, app, caller, lane, state, attempts, expires, retry_at"

    static func queue(
        after message: MessageID?, limit: Int, withFailed: Bool, in database: Database
    ) throws -> [QueuedMessage] {
        // The words of the index that has all this, so that nobody reads payloads who doesn't want them.
        let condition = withFailed ? "" : "AND state <> 2"
        return try Row.fetchAll(
            database,
            sql: """
                SELECT \(columns), x'' AS payload FROM queue WHERE message > ? \(condition) ORDER BY message LIMIT ?
                """,
            arguments: [Data(message?.bytes ?? []), limit]
        ).map(queued)
    }

    static func queued(_ message: MessageID, in database: Database) throws -> QueuedMessage? {
        try Row.fetchOne(
            database, sql: "SELECT \(columns), payload FROM queue WHERE message = ?",
            arguments: [Data(message.bytes)]
        ).map(queued)
    }

    private static func queued(_ row: Row) throws -> QueuedMessage {
        let payload: Data = try row.value("payload")
        guard let message = SQLiteMessageReader.message(try row.value("message")),
            let app = AppName(try row.value("app")), let caller = CallerName(try row.value("caller")),
            let state = QueuedMessage.State(rawValue: try row.value("state"))
        else { throw JournalStoreError(.corrupt, "a message in the queue can not be read") }
        return QueuedMessage(
            message: message, intent: try row.value("intent"), app: app, caller: caller, lane: try row.value("lane"),
            payload: Array(payload),
            state: state, attempts: try row.value("attempts"), expires: try row.value("expires"),
            retryAt: try row.value("retry_at")
        )
    }
}
