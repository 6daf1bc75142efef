import Foundation
import Journal
import JournalConformance
import SQLiteJournal
import Testing

/// A journal in a folder of its own.
final class SQLiteUnderTest: StoreUnderTest {
    /// How a journal is ended before it is opened again.
    enum Ending: String, CaseIterable, CustomTestStringConvertible {
        /// In good order.
        case closed
        /// As it is found after the process was killed: the files as they were, without what only lives with it.
        case killed

        var testDescription: String { rawValue }
    }

    static let log = LogID("00112233445566778899aabbccddeeff")!

    let folder: TemporaryFolder
    private(set) var path: String
    private let ending: Ending
    private var generation = 0
    private var opened: SQLiteJournal?

    init(ending: Ending = .closed, log: LogID = SQLiteUnderTest.log) throws {
        self.ending = ending
        folder = try TemporaryFolder()
        path = folder.path("journal.db")
        opened = try SQLiteJournal(path: path, minimumFree: 0, newLog: log)
    }

    var journal: SQLiteJournal { opened! }
    var store: any JournalStore { journal }
    var log: LogID { journal.log }

    func archive() throws -> any JournalArchive {
        try SQLiteArchive(path: path, isReadOnly: false)
    }

    func reopen() throws {
        switch ending {
        case .closed:
            end()
        case .killed:
            generation += 1
            let next = folder.path("journal-\(generation).db")
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: next + suffix)
            }
            end()
            path = next
        }
        opened = try SQLiteJournal(path: path, minimumFree: 0, newLog: LogID(random: (1, 2)))
    }

    /// Closes the journal and gives its lock up.
    func end() {
        opened?.close()
        opened = nil
    }
}
