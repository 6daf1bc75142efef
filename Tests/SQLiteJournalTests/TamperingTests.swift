import Foundation
import GRDB
import Journal
import JournalConformance
import Messaging
import SQLiteJournal
import SeededCases
import Testing

/// What somebody does to the file who may write it, and where a verification finds it.
@Suite struct TamperingTests {
    static let records = 40
    static let sizes = [8, 16, 24, 32, 40]

    @Test func `a log that nobody touched has no fault`() throws {
        #expect(try fault { _ in } == nil)
    }

    @Test(arguments: 0..<60)
    func `a flipped bit of a body or a link is found where it is`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let (record, column) = (1 + random.below(Self.records), random.element(of: ["body", "link"]))
        let fault = try #require(
            try fault { database in
                try Self.flip("record", column, "seq = \(record)", in: database, &random)
            }, "\(replay(number))")
        #expect(Self.place(of: fault) == record, "\(fault); \(column) of record \(record); \(replay(number))")
    }

    @Test(arguments: 0..<40)
    func `a flipped bit of a checkpoint is found at its size`(number: Int) throws {
        var random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        let (size, column) = (random.element(of: Self.sizes), random.element(of: ["note", "frontier"]))
        let fault = try #require(
            try fault { database in
                try Self.flip("checkpoint", column, "size = \(size)", in: database, &random)
            }, "\(replay(number))")
        let place: Int? =
            switch fault {
            case .malformedCheckpoint(let size), .wrongSignature(let size): size
            default: nil
            }
        #expect(place == size, "\(fault); \(column) of checkpoint \(size); \(replay(number))")
    }

    @Test(arguments: ["pruned_link", "pruned_frontier"])
    func `a flipped bit of what pruning left is found`(column: String) throws {
        var random = SplitMix64()
        for number in 0..<8 {
            let fault = try fault(pruned: true) { database in
                try Self.flip("log", column, "true", in: database, &random)
            }
            #expect(fault == .changedHead(16), "\(replay(number))")
        }
    }

    @Test func `a pruned log that is said to begin elsewhere is found`() throws {
        #expect(try fault(pruned: true) { _ in } == nil)
        for pruned in [0, 1, 8, 15, 17, 24] {
            #expect(
                throws: (any Error).self, "pruned = \(pruned)",
                performing: {
                    let found = try fault(pruned: true) { database in
                        try database.execute(sql: "UPDATE log SET pruned = ?", arguments: [pruned])
                    }
                    if let found { throw found }
                })
        }
        // With the checkpoint of another size it fits, but no record tells of it.
        let found = try fault { database in
            try database.execute(
                sql: """
                    UPDATE log SET pruned = 16, pruned_frontier = (SELECT frontier FROM checkpoint WHERE size = 16),
                        pruned_link = (SELECT link FROM record WHERE seq = 16);
                    DELETE FROM record WHERE seq <= 16; DELETE FROM checkpoint WHERE size < 16
                    """)
        }
        #expect(found == .missing(1...16))
    }

    @Test(arguments: [1, 2, 8, 9, 25, 39])
    func `a dropped record is named`(number: Int) throws {
        let found = try fault { try $0.execute(sql: "DELETE FROM record WHERE seq = ?", arguments: [number]) }
        #expect(found == .missing(number...number))
    }

    @Test func `dropped records are named from the first to the last`() throws {
        #expect(try fault { try $0.execute(sql: "DELETE FROM record WHERE seq BETWEEN 7 AND 19") } == .missing(7...19))
    }

    @Test(arguments: [(1, 2), (3, 30), (16, 17), (39, 40)])
    func `records that changed places are found at the first`(pair: (Int, Int)) throws {
        let (first, second) = pair
        for columns in [["body"], ["body", "link"]] {
            let found = try fault { database in
                for column in columns {
                    try database.execute(
                        sql: """
                            UPDATE record SET \(column) = (
                                SELECT \(column) FROM record o WHERE o.seq = ? + ? - record.seq
                            ) WHERE seq IN (?, ?)
                            """,
                        arguments: [first, second, first, second])
                }
            }
            #expect(found == .reordered(first, holds: second), "\(columns)")
        }
    }

    @Test(arguments: [0, 1, 15, 16, 31, 39])
    func `a log that was cut is found where it ends`(kept: Int) throws {
        let found = try fault { try $0.execute(sql: "DELETE FROM record WHERE seq > ?", arguments: [kept]) }
        let next = try #require(Self.sizes.first { $0 > kept })
        #expect(found == .truncated(after: kept, checkpoint: next))
    }

    @Test(arguments: [1, 12, 40])
    func `a record of another log is found`(number: Int) throws {
        let other = try sample(log: LogID(random: (5, 5)))
        let spliced = try #require(try other.archive().records(number...number, containing: nil).first)
        let found = try fault { database in
            try database.execute(
                sql: "UPDATE record SET body = ?, link = ? WHERE seq = ?",
                arguments: [Data(spliced.body), Data(spliced.link.bytes), number])
        }
        #expect(found == .added(number))
    }

    @Test func `a record behind the end that doesn't continue the chain is found`() throws {
        let found = try fault { database in
            try database.execute(sql: "INSERT INTO record SELECT 41, body, link FROM record WHERE seq = 40")
        }
        #expect(found == .reordered(41, holds: 40))
    }

    @Test func `checkpoints that another key signed are found at the first`() throws {
        let stranger = try SampleGateway.signer(of: SQLiteUnderTest.log, seed: 9)
        let found = try fault { database in
            var head = LogHead(log: SQLiteUnderTest.log)
            for record in try Self.records(in: database) {
                _ = head.append(record.body)
                try database.execute(
                    sql: "UPDATE checkpoint SET note = ? WHERE size = ?",
                    arguments: [try stranger.sign(head.checkpoint).description, head.size])
            }
        }
        #expect(found == .wrongSignature(8))
    }

    @Test(arguments: [1, 8, 9, 20, 33, 40])
    func `a chain that was made anew behind a change is found between its checkpoints`(changed: Int) throws {
        let found = try fault { database in
            var head = LogHead(log: SQLiteUnderTest.log)
            for record in try Self.records(in: database) {
                var body = record.body
                if record.number == changed {
                    body = Array(
                        String(decoding: body, as: UTF8.self).replacing("\"kind\":\"", with: "\"kind\":\"x").utf8)
                }
                let made = head.append(body)
                try database.execute(
                    sql: "UPDATE record SET body = ?, link = ? WHERE seq = ?",
                    arguments: [Data(made.body), Data(made.link.bytes), made.number])
            }
        }
        let last = (changed + 7) / 8 * 8
        #expect(found == .rewritten(last - 7...last))
    }

    @Test func `dropped checkpoints leave what is behind them vouched for by the next`() throws {
        let found = try fault { database in
            try database.execute(sql: "DELETE FROM checkpoint WHERE size IN (16, 24)")
            try Self.makeAnew(changing: 18, in: database)
        }
        #expect(found == .rewritten(9...32))
    }

    // MARK: Samples

    /// A journal with 40 records, and a checkpoint every 8.
    private func sample(log: LogID = SQLiteUnderTest.log, pruned: Bool = false) throws -> SQLiteUnderTest {
        let engine = try SQLiteUnderTest(log: log)
        let gateway = try engine.sampleGateway()
        var checkpoints: [StoredCheckpoint] = []
        for number in 0..<20 {
            let message = try gateway.send("text \(number)").message
            try gateway.close(message)
            if number % 4 == 3 { checkpoints.append(try gateway.sign()) }
        }
        if pruned {
            try gateway.prune(checkpoints[1])
            try gateway.sign()
            try gateway.sweep()
        }
        return engine
    }

    /// What a verification finds after somebody changed the file.
    private func fault(pruned: Bool = false, after change: (Database) throws -> Void) throws -> LogFault? {
        let engine = try sample(pruned: pruned)
        let key = try SampleGateway.signer(of: engine.log).verifierKey
        try engine.tamper(change)
        return try ArchiveVerification.fault(in: SQLiteArchive(path: engine.path, isReadOnly: true), key: key)
    }

    private static func records(in database: Database) throws -> [StoredRecord] {
        try Row.fetchAll(database, sql: "SELECT seq, body, link FROM record ORDER BY seq").map { row in
            let (body, link): (Data, Data) = (row["body"], row["link"])
            return StoredRecord(number: row["seq"], body: Array(body), link: try #require(Digest32(checking: link)))
        }
    }

    private static func makeAnew(changing changed: Int, in database: Database) throws {
        var head = LogHead(log: SQLiteUnderTest.log)
        for record in try records(in: database) {
            let isChanged = record.number == changed
            let made = head.append(isChanged ? record.body.dropLast() + Array(",\"x\":1}".utf8) : record.body)
            try database.execute(
                sql: "UPDATE record SET body = ?, link = ? WHERE seq = ?",
                arguments: [Data(made.body), Data(made.link.bytes), made.number])
        }
    }

    /// Flips one bit of one value.
    private static func flip(
        _ table: String,
        _ column: String,
        _ row: String,
        in database: Database,
        _ random: inout SplitMix64
    ) throws {
        let value = try #require(
            try Data.fetchOne(database, sql: "SELECT CAST(\(column) AS BLOB) FROM \(table) WHERE \(row)"))
        var bytes = Array(value)
        bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
        // A note is a text; one that isn't UTF-8 any more is stored as it is.
        let cast = column == "note" ? "CAST(? AS TEXT)" : "?"
        try database.execute(sql: "UPDATE \(table) SET \(column) = \(cast) WHERE \(row)", arguments: [Data(bytes)])
    }

    private static func place(of fault: LogFault) -> Int? {
        switch fault {
        case .changed(let number), .added(let number), .reordered(let number, _): number
        default: nil
        }
    }
}
