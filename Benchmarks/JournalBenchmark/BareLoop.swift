private import FoundationEssentials
private import GRDB
internal import Journal
internal import Messaging

/// What SQLite through GRDB does with the same records and nothing else: the yardstick.
struct BareLoop {
    let path: String
    /// Records in one transaction.
    let batch: Int

    /// Writes for so long; gives records a second.
    func run(for duration: Duration) throws -> Double {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "CREATE TABLE record(seq INTEGER PRIMARY KEY, body BLOB, link BLOB)")
        }
        let log = LogID(random: (1, 2))
        let id = MessageID(unixMilliseconds: 1, random: (1, 2))
        let time = RFC3339Time.text(unixMicroseconds: 0)
        let bodies = [SampleRecord.intent, SampleRecord.outcome].map { draft -> Data in
            var draft = draft
            draft.message = id
            if draft.kind == .intent { draft.commitment = Commitment(to: [], key: [UInt8](repeating: 1, count: 32)) }
            return Data(draft.body(log: log, number: 1_000_000, id: id, at: time))
        }
        let link = Data(count: 32)
        let clock = ContinuousClock()
        let start = clock.now
        var records = 0
        while clock.now - start < duration {
            try queue.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) {
                    let statement = try database.cachedStatement(
                        sql: "INSERT INTO record(seq, body, link) VALUES (?, ?, ?)")
                    for _ in 0..<batch {
                        records += 1
                        try statement.execute(arguments: [records, bodies[records % 2], link])
                    }
                    return .commit
                }
            }
        }
        let seconds = (clock.now - start) / .seconds(1)
        try queue.close()
        return Double(records) / seconds
    }
}
