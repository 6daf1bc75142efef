import Foundation
import GRDB
import Journal
import JournalConformance
import SQLiteJournal

extension SQLiteUnderTest {
    func sampleGateway(sealer: ContentSealer = ContentSealer()) throws -> SampleGateway {
        try SampleGateway(self, sealer: sealer)
    }

    /// Ends the gateway and does to its file what somebody could who may write it.
    func tamper(_ change: (Database) throws -> Void) throws {
        end()
        let connection = try DatabaseQueue(path: path)
        try connection.write(change)
        try connection.close()
    }

    /// The main file as it is now, once nothing of the journal stands in its write-ahead log alone.
    func copyOfMainFile() throws -> Data {
        try store.scrub()
        return try Data(contentsOf: URL(filePath: path))
    }

    /// Which of these stand anywhere in the files of the journal, judged by their first 16 bytes: a piece of a content
    /// would say nothing less.
    func found(of needles: [[UInt8]]) throws -> [[UInt8]] {
        let byStart = Dictionary(grouping: needles) { Self.word($0.prefix(8)) }
        var found: Set<[UInt8]> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let bytes = Array(try Data(contentsOf: URL(filePath: folder.path(name))))
            var word: UInt64 = 0
            for index in bytes.indices {
                word = word << 8 | UInt64(bytes[index])
                guard let candidates = byStart[word], index >= 7 else { continue }
                for needle in candidates where bytes[(index - 7)...].starts(with: needle.prefix(16)) {
                    found.insert(needle)
                }
            }
        }
        return needles.filter(found.contains)
    }

    func holds(_ bytes: [UInt8]) throws -> Bool { try !found(of: [bytes]).isEmpty }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Does something while another connection is in the middle of reading.
    func beingRead(_ use: () throws -> Void) throws {
        let reader = try DatabaseQueue(path: path)
        try reader.inDatabase { database in
            try database.execute(sql: "BEGIN; SELECT count(*) FROM record")
            try use()
            try database.execute(sql: "COMMIT")
        }
        try reader.close()
    }
}
