import Foundation
import Journal
import JournalConformance
import Messaging
import Testing

@testable import SQLiteJournal

/// What happens when somebody does something to the files of a journal that a gateway writes.
@Suite struct PlaceTests {
    private static let files = FileManager.default

    @Test func `a deleted journal is noticed, and what it held is saved beside it`() throws {
        let (engine, gateway) = try Self.sample()
        try Self.files.removeItem(atPath: engine.path)
        Self.expect(.missing) { try engine.store.checkPlace() }
        for _ in 0..<3 { Self.expect(.missing) { try engine.store.recover() } }
        let rescued = try SQLiteArchive(path: engine.path + ".rescued", isReadOnly: false)
        #expect(try rescued.lastNumber() == 13)
        #expect(try ArchiveVerification.fault(in: rescued, key: gateway.signer.verifierKey) == nil)
        // It goes on reading, so that look-ups are answered.
        #expect(try engine.store.head().size == 13)
    }

    @Test func `a journal that is put back from what was saved is gone on with`() throws {
        let (engine, gateway) = try Self.sample()
        let lives = try engine.store.openMessages().map { try gateway.life($0) }
        try Self.files.removeItem(atPath: engine.path)
        Self.expect(.missing) { try engine.store.recover() }
        try Self.files.moveItem(atPath: engine.path + ".rescued", toPath: engine.path)
        Self.expect(.replaced) { try engine.store.checkPlace() }
        try engine.store.recover()
        try engine.store.checkPlace()
        #expect(try engine.store.head().size == 13)
        for life in lives { #expect(try engine.store.life(of: life.message) == life) }
        try Self.goesOn(engine, gateway)
        try Self.leavesNothingBehind(engine)
    }

    @Test func `a journal that is deleted while the gateway stops is saved`() throws {
        let (engine, gateway) = try Self.sample()
        try Self.files.removeItem(atPath: engine.path)
        engine.end()
        let rescued = try SQLiteArchive(path: engine.path + ".rescued", isReadOnly: false)
        #expect(try rescued.lastNumber() == 13)
        #expect(try ArchiveVerification.fault(in: rescued, key: gateway.signer.verifierKey) == nil)
    }

    @Test func `what was written behind the first rescue is saved, too, when the gateway stops`() throws {
        let (engine, gateway) = try Self.sample()
        try Self.files.removeItem(atPath: engine.path)
        Self.expect(.missing) { try engine.store.recover() }
        // A stop gives what is under way an outcome, wherever the file is.
        for message in try engine.store.openMessages() { try gateway.close(message, as: .unknown) }
        let size = try engine.store.head().size
        engine.end()
        #expect(try SQLiteArchive(path: engine.path + ".rescued", isReadOnly: false).lastNumber() == size)
    }

    @Test(arguments: [["-wal"], ["-shm"], ["-wal", "-shm"]])
    func `a deleted write-ahead log costs nothing`(suffixes: [String]) throws {
        let (engine, gateway) = try Self.sample()
        for suffix in suffixes { try Self.files.removeItem(atPath: engine.path + suffix) }
        if suffixes.contains("-wal") { Self.expect(.missing) { try engine.store.checkPlace() } }
        try engine.store.recover()
        #expect(try engine.store.head().size == 13)
        try Self.goesOn(engine, gateway)
    }

    @Test func `a write-ahead log that is another's is noticed, and costs nothing`() throws {
        let (engine, gateway) = try Self.sample()
        let other = try SQLiteUnderTest(log: LogID(random: (7, 7)))
        try other.sampleGateway().note(5)
        try Self.files.removeItem(atPath: engine.path + "-wal")
        try Self.files.copyItem(atPath: other.path + "-wal", toPath: engine.path + "-wal")
        #expect(throws: JournalStoreError.self) { try engine.store.checkPlace() }
        try engine.store.recover()
        #expect(try engine.store.head().size == 13)
        try Self.goesOn(engine, gateway)
    }

    @Test func `an empty file in the journal's place is refused until the journal is back`() throws {
        let (engine, gateway) = try Self.sample()
        let hidden = engine.folder.path("hidden.db")
        try Self.files.moveItem(atPath: engine.path, toPath: hidden)
        #expect(Self.files.createFile(atPath: engine.path, contents: Data()))
        Self.expect(.replaced) { try engine.store.checkPlace() }
        for _ in 0..<2 { #expect(throws: JournalStoreError.self) { try engine.store.recover() } }
        #expect(try Data(contentsOf: URL(filePath: engine.path)).isEmpty, "the file in its place was written")
        try Self.leavesNothingBehind(engine)
        try Self.files.removeItem(atPath: engine.path)
        try Self.files.moveItem(atPath: hidden, toPath: engine.path)
        try engine.store.recover()
        try Self.goesOn(engine, gateway)
    }

    @Test func `another journal in the journal's place is refused and left as it is`() throws {
        let (engine, _) = try Self.sample()
        let other = try SQLiteUnderTest(log: LogID(random: (7, 7)))
        try other.sampleGateway().note(20)
        let content = try other.copyOfMainFile()
        try Self.files.removeItem(atPath: engine.path)
        try content.write(to: URL(filePath: engine.path))
        Self.expect(.replaced) { try engine.store.checkPlace() }
        for _ in 0..<2 { Self.expect(.replaced) { try engine.store.recover() } }
        #expect(try Data(contentsOf: URL(filePath: engine.path)) == content)
        try Self.leavesNothingBehind(engine)
    }

    @Test func `a log that parted from ours is refused`() throws {
        let (engine, gateway) = try Self.sample()
        let copy = try engine.copyOfMainFile()
        try gateway.note(3)
        // Somebody opened the copy, and wrote into it.
        let folder = try TemporaryFolder()
        try copy.write(to: URL(filePath: folder.path("copy.db")))
        let parted = try SQLiteArchive(path: folder.path("copy.db"), isReadOnly: false)
        try parted.commit { head in
            var builder = BatchBuilder(from: head, sources: gateway.clock.sources)
            builder.append(RecordDraft(.erasure))
            return builder.batch
        }
        try parted.scrub()
        try Self.files.removeItem(atPath: engine.path)
        try Self.files.copyItem(atPath: folder.path("copy.db"), toPath: engine.path)
        for _ in 0..<2 { Self.expect(.replaced) { try engine.store.recover() } }
    }

    @Test(arguments: [0, 6, 12, 13])
    func `an older copy of the journal is brought up to date`(records: Int) throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(records)
        try gateway.sign()
        let copy = try engine.copyOfMainFile()
        try gateway.note(20 - records)
        try Self.files.removeItem(atPath: engine.path)
        try copy.write(to: URL(filePath: engine.path))
        Self.expect(.replaced) { try engine.store.checkPlace() }
        try engine.store.recover()
        #expect(try engine.store.head().size == 20)
        try Self.goesOn(engine, gateway)
        try Self.leavesNothingBehind(engine)
    }

    @Test func `an older copy is brought up to date though pruning went on meanwhile`() throws {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(6)
        let checkpoint = try gateway.sign()
        let copy = try engine.copyOfMainFile()
        try gateway.note(2)
        try gateway.prune(checkpoint)
        try gateway.sign()
        try gateway.sweep()
        try Self.files.removeItem(atPath: engine.path)
        try copy.write(to: URL(filePath: engine.path))
        try engine.store.recover()
        #expect(try engine.store.head().size == 9)
        try Self.goesOn(engine, gateway)
    }

    /// In a process of its own: a trap would end all tests.
    @Test(arguments: [0, 512, 4096, 6000])
    func `a journal that was cut is noticed, and not gone on with`(size: Int) async throws {
        await #expect(processExitsWith: .success) { [size] in
            let (engine, _) = try Self.sample()
            try engine.store.scrub()
            try engine.store.checkPlace()
            let file = try FileHandle(forUpdating: URL(filePath: engine.path))
            try file.truncate(atOffset: UInt64(size))
            try file.close()
            Self.expect(.corrupt) { try engine.store.checkPlace() }
            for _ in 0..<2 { #expect(throws: JournalStoreError.self) { try engine.store.recover() } }
            // The commands may fail, too, but not end by a trap.
            _ = try? SQLiteArchive(path: engine.path, isReadOnly: true).records(1...13, containing: nil)
        }
    }

    @Test func `a journal that was cut and mended is gone on with`() async throws {
        await #expect(processExitsWith: .success) {
            let (engine, gateway) = try Self.sample()
            let content = try engine.copyOfMainFile()
            let file = try FileHandle(forUpdating: URL(filePath: engine.path))
            try file.truncate(atOffset: 0)
            for _ in 0..<2 { #expect(throws: JournalStoreError.self) { try engine.store.recover() } }
            try file.truncate(atOffset: 0)
            try file.seek(toOffset: 0)
            try file.write(contentsOf: content)
            try file.close()
            try engine.store.recover()
            try Self.goesOn(engine, gateway)
        }
    }

    @Test func `a recovery that fails half-way can be tried again`() throws {
        let (engine, gateway) = try Self.sample()
        // The write-ahead log can't be made.
        try Self.files.removeItem(atPath: engine.path + "-wal")
        try Self.files.createDirectory(atPath: engine.path + "-wal", withIntermediateDirectories: false)
        for _ in 0..<2 { #expect(throws: JournalStoreError.self) { try engine.store.recover() } }
        try Self.files.removeItem(atPath: engine.path + "-wal")
        try engine.store.recover()
        #expect(try engine.store.head().size == 13)
        try Self.goesOn(engine, gateway)
    }

    @Test func `a recovery beside somebody who reads loses nothing`() throws {
        let (engine, gateway) = try Self.sample()
        let reader = try SQLiteArchive(path: engine.path, isReadOnly: true)
        #expect(try reader.lastNumber() == 13)
        try Self.files.removeItem(atPath: engine.path + "-wal")
        try engine.store.recover()
        #expect(try engine.store.head().size == 13)
        try Self.goesOn(engine, gateway)
    }

    @Test func `a recovery in the midst of somebody's reading loses nothing`() throws {
        let (engine, gateway) = try Self.sample()
        try engine.beingRead {
            try gateway.note()
            try Self.files.removeItem(atPath: engine.path + "-wal")
            // It may have to wait for the reader's end.
            try? engine.store.recover()
        }
        try engine.store.recover()
        #expect(try engine.store.head().size == 14)
        try Self.goesOn(engine, gateway)
    }

    // MARK: Samples

    /// A journal of 13 records, of which some have a checkpoint, and two open messages.
    private static func sample() throws -> (SQLiteUnderTest, SampleGateway) {
        let engine = try SQLiteUnderTest()
        let gateway = try engine.sampleGateway()
        try gateway.note(8)
        try gateway.sign()
        _ = try gateway.send("open")
        _ = try gateway.send("open")
        try gateway.note(3)
        return (engine, gateway)
    }

    /// A journal that was healed takes records, is at its place, verifies, and opens again.
    private static func goesOn(_ engine: SQLiteUnderTest, _ gateway: SampleGateway) throws {
        try engine.store.checkPlace()
        let message = try gateway.send("behind").message
        try gateway.close(message)
        try gateway.sign()
        try engine.store.checkPlace()
        try gateway.verify()
        let size = try engine.store.head().size
        try engine.reopen()
        #expect(try engine.store.head().size == size)
        try gateway.verify()
    }

    private static func leavesNothingBehind(_ engine: SQLiteUnderTest) throws {
        let names = try Self.files.contentsOfDirectory(atPath: engine.folder.path)
        #expect(!names.contains { $0.contains(".candidate") || $0.contains(".restored") }, "\(names)")
    }

    private static func expect(
        _ kind: JournalStoreError.Kind,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            try body()
        } throws: {
            ($0 as? JournalStoreError)?.kind == kind
        }
    }
}
