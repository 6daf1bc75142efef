private import Glibc
internal import Journal

/// Which files a journal is, so that one that was taken away or exchanged is noticed: SQLite itself goes on writing
/// into an unlinked file.
///
/// The files are never opened here: closing any descriptor of a file gives up the locks that SQLite has on it
/// (fcntl(2), "record locks are released").
struct JournalFile {
    private struct Identity: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
    }

    let path: String
    private let database: Identity
    private let log: Identity?
    private var largest: Int

    /// Takes what is there now for the journal. Throws where there is nothing.
    init(path: String) throws(JournalStoreError) {
        guard let database = JournalFile.identity(of: path) else {
            throw JournalStoreError(.missing, "\(path) is not there")
        }
        self.path = path
        self.database = database
        log = JournalFile.identity(of: JournalFileName.writeAheadLog(of: path))
        largest = database.size
    }

    /// Whether the file at the path is the one that was opened; nil where there is none.
    var isInPlace: Bool? {
        JournalFile.identity(of: path).map { $0.device == database.device && $0.inode == database.inode }
    }

    /// Whether the write-ahead log is the one that was there.
    var hasLog: Bool {
        let found = JournalFile.identity(of: JournalFileName.writeAheadLog(of: path))
        return found?.device == log?.device && found?.inode == log?.inode
    }

    mutating func check() throws(JournalStoreError) {
        guard let found = JournalFile.identity(of: path) else {
            throw JournalStoreError(.missing, "\(path) is not there any more")
        }
        guard found.device == database.device, found.inode == database.inode else {
            throw JournalStoreError(.replaced, "\(path) is another file now")
        }
        guard found.size >= largest else { throw JournalStoreError(.corrupt, "\(path) was cut") }
        largest = found.size
        guard hasLog else {
            let logPath = JournalFileName.writeAheadLog(of: path)
            let isThere = JournalFile.identity(of: logPath) != nil
            throw JournalStoreError(isThere ? .replaced : .missing, "\(logPath) is not the one that was there")
        }
    }

    /// Bytes that are free for this process, and what the file system holds in all.
    static func space(at path: String) -> (free: Int, total: Int)? {
        var info = statvfs()
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard unsafe statvfs(folder, &info) == 0 else { return nil }
        let unit = Int(clamping: info.f_frsize)
        return (Int(clamping: info.f_bavail) * unit, Int(clamping: info.f_blocks) * unit)
    }

    private static func identity(of path: String) -> Identity? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return Identity(device: UInt(info.st_dev), inode: UInt(info.st_ino), size: Int(info.st_size))
    }
}
