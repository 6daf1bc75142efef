private import Synchronization

/// How a journal fares, for whoever asks from any thread.
package final class JournalStatus: Sendable {
    private let state = Mutex<(error: JournalStoreError?, records: Int)>((nil, 0))

    package init() {}

    /// Why no message can be sent now; nil where it can.
    package var error: JournalStoreError? { state.withLock { $0.error } }

    /// The number of the last record on disk.
    package var records: Int { state.withLock { $0.records } }

    func note(_ error: JournalStoreError?) {
        state.withLock { $0.error = error }
    }

    func note(records: Int) {
        state.withLock { $0.records = records }
    }
}
