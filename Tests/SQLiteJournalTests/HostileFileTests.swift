import Foundation
import GRDB
import Journal
import JournalConformance
import Messaging
import SQLiteJournal
import Testing

/// A file in which values are not of the kind that a journal writes: SQLite keeps any kind in any column. Whoever reads
/// it has to say so. Each in a process of its own, for a trap would end all tests.
@Suite struct HostileFileTests {
    static let columns = [
        "record.seq", "record.body", "record.link", "checkpoint.size", "checkpoint.at", "checkpoint.note",
        "checkpoint.frontier", "log.id", "log.version", "log.pruned", "log.pruned_link", "log.pruned_frontier",
        "log.erased", "message.id", "message.intent", "message.outcome", "message.caller", "message.conversation",
        "message.user", "message.answer", "content.intent", "content.message", "content.erased", "content.key",
        "content.master",
        "content.content", "idempotency.caller", "idempotency.key", "idempotency.message", "idempotency.fingerprint",
        "idempotency.expires", "message.reconciliation", "queue.message", "queue.intent", "queue.app", "queue.caller",
        "queue.lane", "queue.payload", "queue.state", "queue.attempts", "queue.expires", "queue.retry_at",
        "user_token.app", "user_token.name", "user_token.slot", "user_token.sealed", "user_token_key.slot",
        "user_token_key.used", "user_token_key.master", "user_token_key.key",
    ]

    @Test func `every column of every table is tried`() throws {
        let engine = try Self.sample()
        var found: Set<String> = []
        try engine.tamper { database in
            for table in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'") {
                found.formUnion(try database.columns(in: table).map { "\(table).\($0.name)" })
            }
        }
        #expect(found == Set(Self.columns))
    }

    @Test(arguments: columns)
    func `a value of another kind ends neither a gateway nor a command by a trap`(column: String) async {
        await #expect(processExitsWith: .success) { [column] in
            let parts = column.split(separator: ".")
            let values = [
                "x'ff00ff'", "'text'", "NULL", "1.5e300", "zeroblob(0)", "-1", "\(Int64.min)", "\(Int64.max)",
            ]
            for value in values {
                let engine = try Self.sample()
                do {
                    try engine.tamper { database in
                        // Only one row, so that unique columns take it.
                        try database.execute(
                            sql: """
                                UPDATE \(parts[0]) SET \(parts[1]) = \(value) WHERE \(parts[1]) IS
                                    (SELECT max(\(parts[1])) FROM \(parts[0]))
                                """)
                    }
                } catch let error as DatabaseError {
                    // Not even the table takes it.
                    #expect([.SQLITE_CONSTRAINT, .SQLITE_MISMATCH].contains(error.resultCode), "\(error)")
                    continue
                }
                try Self.readAll(engine)
            }
        }
    }

    private static func sample() throws -> SQLiteUnderTest {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway(sealer: ContentSealer(masterKeys: [Samples.masterKey(1)]))
        try gateway.note(3)
        let checkpoint = try gateway.sign()
        for number in 0..<2 {
            let intent = try gateway.intent(key: "k\(number)")
            try gateway.open(intent)
            if number == 0 { try gateway.close(intent.message, answer: [1]) }
        }
        let waiting = try gateway.send().message
        try gateway.commit { builder in
            let queued = QueuedMessage(
                message: waiting, app: AppName("a")!, caller: .local, lane: "l", payload: [1], expires: 1)
            builder.batch.queue = [.add(queued)]
            builder.batch.userTokens = [.keep(tokens)]
        }
        try gateway.sign()
        try gateway.prune(checkpoint)
        try gateway.sweep()
        return engine
    }

    private static var tokens: StoredUserTokens {
        StoredUserTokens(
            user: AppUser(app: AppName("a")!, name: UserName("u")!), master: "m", key: [1, 2], sealed: [3])
    }

    /// All that the commands and the start of a gateway read. Errors are well; ends by a trap are not.
    private static func readAll(_ engine: SQLiteUnderTest) throws {
        let key = try SampleGateway.signer(of: SQLiteUnderTest.log).verifierKey
        if let archive = try? SQLiteArchive(path: engine.path, isReadOnly: false) {
            _ = try? ArchiveVerification.fault(in: archive, key: key)
            for selection in [.conversation("conversation"), .before(.max >> 16)] as [MessageSelection] {
                for message in (try? archive.unerased(selection, limit: 99)) ?? [] {
                    _ = try? archive.life(of: message)
                }
            }
            _ = try? archive.commit { JournalBatch(head: $0) }
        }
        guard let journal = try? SQLiteJournal(path: engine.path, minimumFree: 0, newLog: SQLiteUnderTest.log) else {
            return
        }
        _ = try? journal.lastCheckpoint()
        for message in (try? journal.openMessages()) ?? [] { _ = try? journal.life(of: message) }
        _ = try? journal.unerased(before: .max >> 16, limit: 99)
        _ = try? journal.wrapped(otherThan: "", after: nil, limit: 99)
        _ = try? journal.prunable(before: .max)
        let names = [try Samples.claimName("k0"), try Samples.claimName("k1")]
        for name in names { _ = try? journal.claim(name) }
        for queued in (try? journal.queue(after: nil, limit: 9)) ?? [] { _ = try? journal.queued(queued.message) }
        _ = try? journal.uses(since: 0)
        _ = try? journal.userTokens(after: nil, limit: 9)
        for change in [.keep(tokens), .remove(tokens.user)] as [StoredTokensChange] {
            try? journal.commit(lookingUp: []) { head, _ in
                var batch = JournalBatch(head: head)
                batch.userTokens = [change]
                return batch
            }
        }
        try? journal.commit(lookingUp: names) { head, _ in JournalBatch(head: head) }
        _ = try? journal.sweep(expiredBefore: .max, limit: 99)
        _ = try? journal.recover()
        journal.close()
    }
}
