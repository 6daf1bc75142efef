private import FoundationEssentials
internal import GRDB
internal import Journal
internal import Messaging

/// Writes a batch into the tables, within a transaction of the caller's.
struct SQLiteBatchWriter {
    let database: Database
    let statements: SQLiteSendStatements

    func write(_ batch: JournalBatch) throws {
        try statements.insert(batch.records)
        for opened in batch.opened { try statements.insert(opened) }
        for closed in batch.closed { try statements.update(closed) }
        for claim in batch.claims {
            try run(
                "INSERT OR REPLACE INTO idempotency(caller, key, message, fingerprint, expires) VALUES (?, ?, ?, ?, ?)",
                [
                    claim.name.caller.text, claim.name.key.text, Data(claim.message.bytes),
                    Data(claim.fingerprint.bytes), claim.expires,
                ]
            )
        }
        for name in batch.released {
            try run("DELETE FROM idempotency WHERE caller = ? AND key = ?", [name.caller.text, name.key.text])
        }
        for change in batch.queue { try write(change) }
        for change in batch.userTokens { try SQLiteUserTokens.write(change, in: database) }
        try writeRare(batch)
    }

    private func write(_ change: QueueChange) throws {
        switch change {
        case .add(let queued):
            try run(
                """
                INSERT INTO queue(message, intent, app, caller, lane, payload, state, attempts, expires, retry_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    Data(queued.message.bytes), queued.intent, queued.app.text, queued.caller.text, queued.lane,
                    Data(queued.payload), queued.state.rawValue, queued.attempts, queued.expires, queued.retryAt,
                ]
            )
        case .update(let message, let state, let attempts, let expires, let retryAt):
            try run(
                "UPDATE queue SET state = ?, attempts = ?, expires = ?, retry_at = ? WHERE message = ?",
                [state.rawValue, attempts, expires, retryAt, Data(message.bytes)]
            )
            if state == .failed { try dropErased(message) }
        case .remove(let message):
            try run("DELETE FROM queue WHERE message = ?", [Data(message.bytes)])
        case .take(let message):
            try run("DELETE FROM queue WHERE message = ?", [Data(message.bytes)])
            guard database.changesCount == 1 else {
                throw JournalStoreError(.other, "message \(message) is not in the queue any more")
            }
        }
    }

    /// What it said was erased while it was still to be sent; now nobody needs it.
    private func dropErased(_ message: MessageID) throws {
        try run(
            """
            DELETE FROM queue WHERE message = :message AND EXISTS (
                SELECT 1 FROM message m JOIN content c ON c.intent = m.intent WHERE m.id = :message AND c.erased = 1)
            """,
            ["message": Data(message.bytes)]
        )
    }

    private func writeRare(_ batch: JournalBatch) throws {
        for message in batch.erased {
            try run(
                """
                UPDATE content SET erased = 1, key = zeroblob(length(key)),
                    content = CASE WHEN content IS NULL THEN NULL ELSE zeroblob(length(content)) END
                WHERE intent = (SELECT intent FROM message WHERE id = ?) AND erased = 0
                """,
                [Data(message.bytes)]
            )
            // Of a message that is still to be sent the content is needed.
            try run(
                "DELETE FROM queue WHERE message = ? AND state = ?",
                [Data(message.bytes), QueuedMessage.State.failed.rawValue]
            )
        }
        for (message, number) in batch.reconciled {
            try run("UPDATE message SET reconciliation = ? WHERE id = ?", [number, Data(message.bytes)])
        }
        for (message, sealed) in batch.rewrapped {
            try run(
                """
                UPDATE content SET key = ?, master = ?
                WHERE intent = (SELECT intent FROM message WHERE id = ?) AND erased = 0
                """,
                [Data(sealed.key), sealed.master, Data(message.bytes)]
            )
        }
        if let checkpoint = batch.checkpoint {
            try run(
                "INSERT OR REPLACE INTO checkpoint(size, at, note, frontier) VALUES (?, ?, ?, ?)",
                [checkpoint.size, checkpoint.at, checkpoint.note, frontier(checkpoint)]
            )
        }
        if let pruned = batch.pruned {
            guard let head = pruned.head else { throw JournalStoreError(.corrupt, "a checkpoint can not be read") }
            try run(
                "UPDATE log SET pruned = ?, pruned_link = ?, pruned_frontier = ?",
                [pruned.size, Data(head.chain.link.bytes), frontier(pruned)]
            )
        }
    }

    private func frontier(_ checkpoint: StoredCheckpoint) -> Data {
        Data(checkpoint.frontier.flatMap(\.bytes))
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
