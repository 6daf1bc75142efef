internal import FoundationEssentials
internal import GRDB
internal import Journal
internal import Messaging

/// Counts the calls to Divar that the records tell of, by app, caller and minute.
enum SQLiteUseReader {
    /// SQLite reads the JSON: a million records take seconds, where they would take half a minute here.
    private static let sql = """
        WITH use(app, caller, at, spent) AS (
            SELECT CAST(i.body AS TEXT) ->> 'app', CAST(i.body AS TEXT) ->> 'caller',
                CAST(coalesce(o.body, i.body) AS TEXT) ->> 'at', coalesce(CAST(o.body AS TEXT) ->> 'attempts', 1)
            FROM message m JOIN record i ON i.seq = m.intent LEFT JOIN record o ON o.seq = m.outcome
            WHERE m.id >= :lowest AND m.id NOT IN (SELECT message FROM queue WHERE state <> 2)
                AND coalesce(m.outcome, m.intent) > :before
            UNION ALL
            SELECT app, caller,
                CASE WHEN retry_at > 0 THEN strftime('%Y-%m-%dT%H:%M', retry_at / 1000000, 'unixepoch') ELSE (
                    SELECT CAST(body AS TEXT) ->> 'at' FROM record ORDER BY seq DESC LIMIT 1) END,
                attempts + (state = 1)
            FROM queue WHERE state <> 2 AND attempts + (state = 1) > 0
            UNION ALL
            SELECT text ->> 'app', text ->> 'caller', text ->> 'at', text ->> 'attempts'
            FROM (SELECT CAST(body AS TEXT) AS text FROM record WHERE seq > :before)
            WHERE text ->> 'kind' = 'read' AND text ->> 'attempts' IS NOT NULL
        )
        SELECT app, caller, strftime('%s', substr(at, 1, 16)) + 60 AS minute, sum(spent) AS spent FROM use
        WHERE app IS NOT NULL AND caller IS NOT NULL GROUP BY app, caller, minute
        """

    /// So long after its acceptance a message that waited is still counted: as long as the usual
    /// `queue.max_expires_after`. To look further back costs more at the start than the few that wait longer are worth.
    private static let longestWait: Int64 = 86_400_000_000

    static func uses(since unixMicroseconds: Int64, in database: Database) throws -> [RecordedUse] {
        let lowest = MessageID(lowestAt: UInt64(max(0, (unixMicroseconds - longestWait) / 1000)))
        // What was recorded earlier lies before this.
        let before = try Int.fetchOne(
            database, sql: "SELECT max(size) FROM checkpoint WHERE at < ?", arguments: [unixMicroseconds])
        return try Row.fetchAll(
            database, sql: sql, arguments: ["lowest": Data(lowest.bytes), "before": before ?? 0]
        ).compactMap { row in
            guard let app = AppName(try row.value("app")), let caller = CallerName(try row.value("caller")),
                let minute: Int64 = try row.optionalValue("minute")
            else { return nil }
            return RecordedUse(
                app: app, caller: caller, endedBefore: minute * 1_000_000, count: try row.value("spent"))
        }
    }
}
