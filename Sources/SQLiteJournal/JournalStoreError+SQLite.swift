internal import GRDB
internal import Journal

extension JournalStoreError {
    /// What SQLite or the system says, in the terms of the port.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as JournalStoreError:
            self = error
        case let error as DatabaseError:
            let detail = error.message ?? "SQLite \(error.extendedResultCode)"
            self.init(JournalStoreError.kind(of: error, path: path), "\(path): \(detail)")
        default:
            self.init(.other, "\(path): \(error)")
        }
    }

    private static func kind(of error: DatabaseError, path: String) -> Kind {
        switch error.resultCode {
        case .SQLITE_FULL: .diskFull
        // Growing the shared memory of the log fails in this way on a full file system.
        case .SQLITE_IOERR: JournalFile.space(at: path).map { $0.free < 65_536 } == true ? .diskFull : .inputOutput
        case .SQLITE_READONLY, .SQLITE_PERM: .readOnly
        case .SQLITE_CANTOPEN: .inputOutput
        case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
        default: .other
        }
    }
}
