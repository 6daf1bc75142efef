internal import FoundationEssentials
internal import GRDB
private import Journal
private import Messaging

/// Removes rows that nothing refers to any more, a limited number at a time, within a transaction of the caller's.
struct SQLiteSweeper {
    let database: Database
    let limit: Int

    /// - Parameter swept: the pruned size for which no message is left over; brought up to date.
    /// - Returns: whether there may be more.
    func sweep(expiredBefore now: Int64, erasedUpTo: Int?, swept: inout Int) throws -> Bool {
        let claims = try delete(
            """
            DELETE FROM idempotency WHERE (caller, key) IN (
                SELECT caller, key FROM idempotency WHERE expires < ?
                    AND message NOT IN (SELECT id FROM message WHERE outcome IS NULL)
                ORDER BY expires LIMIT ?)
            """,
            [now, limit]
        )
        let failed = try sweepFailed(expiredBefore: now)
        if let erasedUpTo {
            _ = try delete("UPDATE log SET erased = ? WHERE erased IS NOT ?", [erasedUpTo, erasedUpTo])
        }
        let pruned = try Int.fetchOne(database, sql: "SELECT pruned FROM log") ?? 0
        guard pruned > swept else { return claims || failed }
        let records = try delete(
            "DELETE FROM record WHERE seq IN (SELECT seq FROM record WHERE seq <= ? ORDER BY seq LIMIT ?)",
            [pruned, limit]
        )
        let checkpoints = try delete(
            "DELETE FROM checkpoint WHERE size IN (SELECT size FROM checkpoint WHERE size < ? ORDER BY size LIMIT ?)",
            [pruned, limit]
        )
        // Overwritten before they are removed, for removing moves others and may leave copies.
        _ = try delete(
            """
            UPDATE content SET erased = 1, key = zeroblob(length(key)),
                content = CASE WHEN content IS NULL THEN NULL ELSE zeroblob(length(content)) END
            WHERE intent IN (SELECT intent FROM content WHERE intent <= ? ORDER BY intent LIMIT ?) AND erased = 0
            """,
            [pruned, limit]
        )
        let contents = try delete(
            "DELETE FROM content WHERE intent IN (SELECT intent FROM content WHERE intent <= ? ORDER BY intent LIMIT ?)",
            [pruned, limit]
        )
        let messages = try delete(
            "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE intent <= ? AND id < ? ORDER BY id LIMIT ?)",
            [pruned, try end(of: pruned), limit]
        )
        if !records, !checkpoints, !contents, !messages { swept = pruned }
        return true
    }

    /// Messages that failed are kept for a time, and the latest of them only.
    private func sweepFailed(expiredBefore now: Int64) throws -> Bool {
        let old = try delete(
            "DELETE FROM queue WHERE message IN (SELECT message FROM queue WHERE state = 2 AND expires < ? LIMIT ?)",
            [now, limit]
        )
        let tooMany = try delete(
            """
            DELETE FROM queue WHERE message IN (SELECT message FROM (
                SELECT message FROM queue WHERE state = 2 ORDER BY expires DESC LIMIT -1 OFFSET ?) LIMIT ?)
            """,
            [JournalSettings.maximumFailed, limit]
        )
        return old || tooMany
    }

    /// Messages of the pruned records were accepted before their checkpoint was made. An hour more is looked at, for
    /// clocks that were set back.
    private func end(of pruned: Int) throws -> Data {
        let at = try Int64.fetchOne(database, sql: "SELECT at FROM checkpoint WHERE size = ?", arguments: [pruned])
        let milliseconds = UInt64(max(0, (at ?? 0) / 1000 + 3_600_000))
        return Data(MessageID(lowestAt: milliseconds).bytes)
    }

    /// Whether as many rows as were allowed are gone.
    private func delete(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
        return database.changesCount >= limit
    }
}
