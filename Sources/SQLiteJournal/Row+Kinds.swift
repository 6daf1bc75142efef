internal import GRDB
internal import Journal

extension Row {
    /// The value of a column, which has to be of that kind: SQLite keeps any kind in any column, and what somebody put
    /// there must not end the process.
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        let stored: DatabaseValue = self[column]
        guard let value = Value.fromDatabaseValue(stored) else {
            throw JournalStoreError(.corrupt, "the column \(column) holds what no journal writes there")
        }
        return value
    }

    /// The same for a column that may be empty.
    func optionalValue<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        let stored: DatabaseValue = self[column]
        return stored.isNull ? nil : try value(column)
    }
}
