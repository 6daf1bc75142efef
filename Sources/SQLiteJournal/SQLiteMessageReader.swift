internal import FoundationEssentials
internal import GRDB
internal import Journal
internal import Messaging

/// Reads what a journal holds of messages.
enum SQLiteMessageReader {
    static func life(of message: MessageID, in database: Database) throws -> MessageLife? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT m.caller, m.answer, i.body AS intent_body, o.body AS outcome_body, r.body AS reconciled,
                    c.key, c.master, c.content, q.state, q.attempts, q.expires
                FROM message m JOIN record i ON i.seq = m.intent LEFT JOIN record o ON o.seq = m.outcome
                LEFT JOIN record r ON r.seq = m.reconciliation LEFT JOIN queue q ON q.message = m.id
                LEFT JOIN content c ON c.intent = m.intent AND c.erased = 0 WHERE m.id = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [Data(message.bytes)]) else { return nil }
        guard let caller = CallerName(try row.value("caller")) else {
            throw JournalStoreError(.corrupt, "the caller of message \(message) has no name")
        }
        let intent: Data = try row.value("intent_body")
        return MessageLife(
            message: message,
            caller: caller,
            intent: Array(intent),
            outcome: bytes(try row.optionalValue("outcome_body")),
            reconciliation: bytes(try row.optionalValue("reconciled")),
            queue: try queueState(row),
            sealed: try sealed(row),
            answer: bytes(try row.optionalValue("answer"))
        )
    }

    static func claim(_ name: ClaimName, in database: Database) throws -> StoredClaim? {
        let statement = try database.cachedStatement(
            sql: "SELECT message, fingerprint, expires FROM idempotency WHERE caller = ? AND key = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [name.caller.text, name.key.text]),
            let message = message(try row.optionalValue("message"))
        else { return nil }
        return StoredClaim(
            message: message,
            fingerprint: bytes(try row.optionalValue("fingerprint")).flatMap(RequestFingerprint.init(stored:)),
            expires: try row.value("expires"),
            life: try life(of: message, in: database)
        )
    }

    private static func queueState(_ row: Row) throws -> QueueState? {
        guard let number: Int = try row.optionalValue("state"), let state = QueuedMessage.State(rawValue: number)
        else { return nil }
        return QueueState(
            state: state, attempts: try row.value("attempts"), expires: try row.value("expires"))
    }

    static func message(_ bytes: Data?) -> MessageID? {
        bytes.flatMap { MessageID(bytes: $0) }
    }

    static func sealed(_ row: Row) throws -> SealedContent? {
        let (master, content): (String?, Data?) = (try row.optionalValue("master"), try row.optionalValue("content"))
        return bytes(try row.optionalValue("key")).map {
            SealedContent(key: $0, master: master, content: bytes(content))
        }
    }

    private static func bytes(_ data: Data?) -> [UInt8]? {
        data.map(Array.init)
    }
}
