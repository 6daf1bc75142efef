package import Journal
internal import Messaging
private import Synchronization

/// What would be a journal's file: it outlives the stores and archives over it, and any thread may look into it.
package final class InMemoryFile: Sendable {
    private let tables: Mutex<InMemoryTables>

    package init(log: LogID) {
        tables = Mutex(InMemoryTables(log: log))
    }

    package var log: LogID { read(\.log) }

    func read<Value>(_ use: (InMemoryTables) -> Value) -> Value {
        use(tables.withLock { $0 })
    }

    /// All or nothing.
    func transaction(
        _ use: (inout InMemoryTables) throws -> Void
    ) throws(JournalStoreError) {
        do {
            try tables.withLock { tables in
                var copy = tables
                try use(&copy)
                tables = copy
            }
        } catch let error as JournalStoreError {
            throw error
        } catch {
            throw JournalStoreError(.other, "\(error)")
        }
    }
}
