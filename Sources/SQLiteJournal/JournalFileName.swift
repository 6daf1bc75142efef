private import GRDB

/// The files of a journal, by the path of its database.
package enum JournalFileName {
    /// What SQLite writes first: the write-ahead log.
    package static func writeAheadLog(of path: String) -> String { path + "-wal" }
    /// Held by the one gateway that writes the journal.
    package static func lock(of path: String) -> String { path + ".lock" }
}
