internal import GRDB
private import GRDBSQLite

/// A statement that is run for every send, bound without GRDB: what GRDB adds to a statement (values in boxes, checks
/// of arguments, observers) is half of what such a small one costs. Measured by `make bench-journal`.
///
/// Confined to the connection's thread. Ended before the connection is closed, or SQLite refuses to close it.
@safe
final class SQLiteInsertion {
    private let connection: OpaquePointer
    private let statement: OpaquePointer
    private var index: Int32 = 0

    init(_ sql: String, on connection: OpaquePointer) throws(DatabaseError) {
        unsafe self.connection = connection
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil
        )
        guard code == SQLITE_OK, let statement = unsafe prepared else {
            throw unsafe SQLiteInsertion.error(code, connection)
        }
        unsafe self.statement = statement
    }

    deinit {
        _ = unsafe sqlite3_finalize(statement)
    }

    func bind(_ number: Int) {
        index += 1
        _ = unsafe sqlite3_bind_int64(statement, index, Int64(number))
    }

    func bind(_ text: String?) {
        index += 1
        guard let text else {
            _ = unsafe sqlite3_bind_null(statement, index)
            return
        }
        _ = unsafe sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), SQLiteInsertion.copied)
    }

    func bind(_ bytes: [UInt8]?) {
        index += 1
        guard let bytes else {
            _ = unsafe sqlite3_bind_null(statement, index)
            return
        }
        _ = unsafe sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), SQLiteInsertion.copied)
    }

    /// Runs the statement with what was bound, and makes it ready for the next values. What can't be bound (memory, a
    /// length over the limit) makes the step fail or leaves a null that the table refuses.
    func run() throws(DatabaseError) {
        index = 0
        let code = unsafe sqlite3_step(statement)
        _ = unsafe sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw unsafe SQLiteInsertion.error(code, connection) }
    }

    /// Tells SQLite to copy what is bound: the array may be gone when the statement runs.
    private static var copied: sqlite3_destructor_type? {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private static func error(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: unsafe String(cString: sqlite3_errmsg(connection))
        )
    }
}
