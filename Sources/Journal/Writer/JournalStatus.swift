private import Synchronization

/// How a journal fares, for whoever asks from any thread.
package final class JournalStatus: Sendable {
    private let state = Mutex<(error: JournalStoreError?, records: Int)>((nil, 0))
    private let underWay = Atomic<Int>(0)

    package init() {}

    /// Why no message can be sent now; nil where it can.
    package var error: JournalStoreError? { state.withLock { $0.error } }

    /// The number of the last record on disk.
    package var records: Int { state.withLock { $0.records } }

    /// Messages that are being sent and whose outcome nobody has submitted yet: a stop that waits for them loses none.
    package var messagesUnderWay: Int { underWay.load(ordering: .acquiring) }

    package func messageBegan() { underWay.add(1, ordering: .acquiringAndReleasing) }

    /// Once the outcome is submitted: what was submitted before a stop is written by it.
    package func messageEnded() { underWay.subtract(1, ordering: .acquiringAndReleasing) }

    func note(_ error: JournalStoreError?) {
        state.withLock { $0.error = error }
    }

    func note(records: Int) {
        state.withLock { $0.records = records }
    }
}
