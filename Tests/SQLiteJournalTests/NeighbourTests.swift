import Foundation
import GRDB
import Journal
import JournalConformance
import SQLiteJournal
import Synchronization
import Testing

/// A journal beside others that read and write the same file.
@Suite struct NeighbourTests {
    @Test func `a gateway and two commands that write at the same time make one chain`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        let (path, sources, each) = (engine.path, gateway.clock.sources, 60)
        let failures = Mutex<[String]>([])
        let commands = DispatchGroup()
        for _ in 0..<2 {
            commands.enter()
            Thread {
                do {
                    let archive = try SQLiteArchive(path: path, isReadOnly: false)
                    for _ in 0..<each {
                        try archive.commit { head in
                            var builder = BatchBuilder(from: head, sources: sources)
                            builder.append(RecordDraft(.erasure))
                            return builder.batch
                        }
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
                commands.leave()
            }.start()
        }
        for number in 0..<each {
            try gateway.note(2)
            if number.isMultiple(of: 10) { try gateway.sign() }
        }
        commands.wait()
        #expect(failures.withLock { $0 } == [])
        #expect(try engine.store.head().size == 4 * each)
        try gateway.sign()
        try gateway.verify()
        try engine.reopen()
        try gateway.verify()
    }

    @Test func `a reader sees one state while the gateway writes on`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(5)
        let archive = try SQLiteArchive(path: engine.path, isReadOnly: true)
        try engine.beingRead {
            try gateway.note(5)
            #expect(try archive.lastNumber() == 10)
        }
        try gateway.verify()
    }

    @Test func `whoever keeps the file to himself for too long makes a commit fail, and no more than that`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(3)
        let neighbour = try DatabaseQueue(path: engine.path)
        try neighbour.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            #expect {
                try gateway.note()
            } throws: {
                ($0 as? JournalStoreError)?.kind == .locked
            }
            #expect(try engine.store.openMessages() == [])
            try database.execute(sql: "ROLLBACK")
        }
        try neighbour.close()
        try engine.store.recover()
        try gateway.note()
        #expect(try engine.store.head().size == 4)
        try gateway.verify()
    }

    @Test func `a record that a neighbour puts in with a wrong link stops the gateway`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(3)
        let neighbour = try DatabaseQueue(path: engine.path)
        try neighbour.write {
            try $0.execute(sql: "INSERT INTO record SELECT 4, body, link FROM record WHERE seq = 3")
        }
        try neighbour.close()
        for _ in 0..<2 {
            #expect {
                try gateway.note()
            } throws: {
                ($0 as? JournalStoreError)?.kind == .corrupt
            }
        }
        #expect(throws: JournalStoreError.self) { try engine.store.recover() }
    }
}
