import Foundation
import GRDB
import Journal
import JournalConformance
import Messaging
import Testing

@testable import SQLiteJournal

@Suite struct OpeningTests {
    @Test func `what makes a commit durable and an erasure thorough is what the connection has`() throws {
        let folder = try TemporaryFolder()
        let connection = try SQLiteSchema.open(path: folder.path("a.db"))
        let mode = try connection.inDatabase { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
        // 2 is FULL: the log is synced at every commit.
        let synchronous = try connection.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2)
        // 1 is ON; 2 would be FAST, which leaves what costs more to overwrite.
        let secureDelete = try connection.inDatabase { try Int.fetchOne($0, sql: "PRAGMA secure_delete") }
        #expect(secureDelete == 1)
    }

    @Test func `a journal has a write-ahead log as soon as it is open`() throws {
        let engine = try SQLiteUnderTest()
        let header = try #require(FileManager.default.contents(atPath: engine.path))
        #expect(Array(header[18..<20]) == [2, 2], "the format's versions of a database in WAL mode")
        #expect(FileManager.default.fileExists(atPath: JournalFileName.writeAheadLog(of: engine.path)))
    }

    @Test func `nobody but the owner may read any of the files`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        _ = try gateway.send()
        try FileManager.default.removeItem(atPath: engine.path)
        #expect(throws: JournalStoreError.self) { try engine.store.recover() }
        let names = try FileManager.default.contentsOfDirectory(atPath: engine.folder.path)
        #expect(Set(names).isSuperset(of: ["journal.db-wal", "journal.db.lock", "journal.db.rescued"]))
        for name in names { #expect(try Self.mode(engine.folder.path(name)) == 0o600, "\(name)") }
        let untouched = try SQLiteUnderTest()
        #expect(try Self.mode(untouched.path) == 0o600)
    }

    @Test func `a second gateway is refused while the first has the journal, and let in after it`() throws {
        let engine = try SQLiteUnderTest()
        for _ in 0..<2 {
            #expect {
                try SQLiteJournal(path: engine.path, minimumFree: 0, newLog: LogID(random: (1, 1)))
            } throws: {
                ($0 as? JournalStoreError)?.kind == .locked
            }
        }
        try engine.reopen()
        _ = try engine.sampleGateway().send()
        engine.end()
        let second = try SQLiteJournal(path: engine.path, minimumFree: 0, newLog: LogID(random: (1, 1)))
        #expect(second.log == SQLiteUnderTest.log)
        #expect(try second.head().size == 1)
        second.close()
    }

    @Test func `what is not a journal is refused and left as it was`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("journal.db")
        for content in [Data("not a database, but long enough for its header".utf8), Data(count: 4096)] {
            try content.write(to: URL(filePath: path))
            #expect {
                try SQLiteJournal(path: path, minimumFree: 0, newLog: LogID(random: (1, 1)))
            } throws: {
                ($0 as? JournalStoreError)?.kind == .corrupt
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == content)
        }
    }

    @Test func `a database of another program or version is refused`() throws {
        let folder = try TemporaryFolder()
        for (name, sql) in [
            ("other", "CREATE TABLE log(id TEXT, version INTEGER)"),
            ("version", "UPDATE log SET version = 4"),
            ("view", "ALTER TABLE record RENAME TO r; CREATE VIEW record AS SELECT * FROM r"),
        ] {
            let path = folder.path(name)
            if name != "other" {
                let journal = try SQLiteJournal(path: path, minimumFree: 0, newLog: SQLiteUnderTest.log)
                journal.close()
            }
            let connection = try DatabaseQueue(path: path)
            try connection.write { try $0.execute(sql: sql) }
            try connection.close()
            #expect(throws: JournalStoreError.self, "\(name)") {
                try SQLiteJournal(path: path, minimumFree: 0, newLog: LogID(random: (1, 1)))
            }
            #expect(throws: JournalStoreError.self, "\(name)") { try SQLiteArchive(path: path, isReadOnly: false) }
        }
    }

    @Test(arguments: [1, 2])
    func `a journal of an earlier version is upgraded and goes on`(version: Int) throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        let message = try gateway.send().message
        let head = try gateway.store.head()
        try engine.tamper { database in
            try database.execute(
                sql: """
                    DROP TABLE user_token; DROP TABLE user_token_key; DROP INDEX queue_waiting; DROP INDEX queue_failed;
                    UPDATE log SET version = \(version)
                    """)
            if version < 2 {
                try database.execute(sql: "DROP TABLE queue; ALTER TABLE message DROP COLUMN reconciliation")
            }
        }
        try engine.reopen()
        #expect(try gateway.store.head() == head)
        #expect(try gateway.store.openMessages() == [message])
        #expect(try gateway.store.queue(after: nil, limit: 1).isEmpty)
        #expect(try gateway.store.userTokens(after: nil, limit: 1).isEmpty)
        let tokens = StoredUserTokens(
            user: AppUser(app: try #require(AppName("a")), name: try #require(UserName("u"))), master: "m", key: [1],
            sealed: [2])
        try gateway.commit { $0.batch.userTokens = [.keep(tokens)] }
        #expect(try gateway.store.userTokens(after: nil, limit: 2) == [tokens])
        try gateway.close(message)
        try gateway.verify()
    }

    @Test func `a log whose end doesn't fit its last checkpoint is not gone on with`() throws {
        for sql in [
            "UPDATE record SET body = x'7b7d' WHERE seq = 9", "DELETE FROM record WHERE seq = 9",
            "UPDATE checkpoint SET note = replace(note, 'link', 'lynk') WHERE size = 8",
            "UPDATE checkpoint SET frontier = zeroblob(32) WHERE size = 8",
            "UPDATE checkpoint SET frontier = zeroblob(31) WHERE size = 8",
        ] {
            let engine = try SQLiteUnderTest()
            let gateway = try engine.sampleGateway()
            try gateway.note(8)
            try gateway.sign()
            try gateway.note(3)
            try engine.tamper { try $0.execute(sql: sql) }
            #expect {
                try engine.reopen()
            } throws: {
                ($0 as? JournalStoreError)?.kind == .corrupt
            }
        }
    }

    @Test func `an archive of nothing is refused, and nothing is made`() throws {
        let folder = try TemporaryFolder()
        for isReadOnly in [false, true] {
            #expect {
                try SQLiteArchive(path: folder.path("nothing.db"), isReadOnly: isReadOnly)
            } throws: {
                ($0 as? JournalStoreError)?.kind == .missing
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `an archive that only reads can't write`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(3)
        let archive = try SQLiteArchive(path: engine.path, isReadOnly: true)
        #expect(try archive.lastNumber() == 3)
        #expect {
            try archive.commit { head in
                var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
                builder.append(RecordDraft(.erasure))
                return builder.batch
            }
        } throws: {
            ($0 as? JournalStoreError)?.kind == .readOnly
        }
        try gateway.note()
        #expect(try archive.lastNumber() == 4)
    }

    @Test func `too little space is said before it is used up, and only where there is a floor`() throws {
        let folder = try TemporaryFolder()
        let journal = try SQLiteJournal(path: folder.path("a.db"), minimumFree: .max, newLog: SQLiteUnderTest.log)
        let space = try #require(JournalFile.space(at: folder.path("a.db")))
        // Of a floor that is too high a twentieth of the file system counts.
        if space.free >= space.total / 20 {
            try journal.checkSpace()
        } else {
            #expect(throws: JournalStoreError.self) { try journal.checkSpace() }
        }
        journal.close()
        #expect(space.free <= space.total)
    }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
