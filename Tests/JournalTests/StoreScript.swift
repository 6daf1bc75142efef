import Dispatch
import Synchronization

@testable import Journal

/// What goes wrong with a store, and when: said by the test's thread, done on the journal's.
final class StoreScript: Sendable {
    /// How a commit fails.
    enum CommitFault: Sendable {
        /// Nothing of the batch is on disk.
        case before(JournalStoreError)
        /// The batch is on disk, and nobody is told.
        case after(JournalStoreError)
    }

    private struct State {
        var faults: [CommitFault?] = []
        var faultOf: (@Sendable () -> CommitFault?)?
        var place: JournalStoreError?
        var placeAfterCommit: JournalStoreError?
        var space: JournalStoreError?
        var recovery: JournalStoreError?
        var reading: JournalStoreError?
        var batches: [JournalBatch] = []
        var recoveries = 0
        var scrubs = 0
        var isClosed = false
        var isToHold = false
        var isHeld = false
        var whenHeld: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    // MARK: The test's side

    /// The next commits fail in these ways; nil is one that doesn't.
    func fail(_ faults: CommitFault?...) { state.withLock { $0.faults = faults } }

    /// Every commit is asked for its fault; nil ends that.
    func fail(by faultOf: (@Sendable () -> CommitFault?)?) { state.withLock { $0.faultOf = faultOf } }

    func setPlace(_ error: JournalStoreError?) { state.withLock { $0.place = error } }
    /// The place is lost during the next commit.
    func losePlaceInCommit(_ error: JournalStoreError) { state.withLock { $0.placeAfterCommit = error } }
    func setSpace(_ error: JournalStoreError?) { state.withLock { $0.space = error } }
    func setRecovery(_ error: JournalStoreError?) { state.withLock { $0.recovery = error } }
    func setReading(_ error: JournalStoreError?) { state.withLock { $0.reading = error } }

    /// What was written, oldest first.
    var batches: [JournalBatch] { state.withLock { $0.batches } }
    var recoveries: Int { state.withLock { $0.recoveries } }
    var scrubs: Int { state.withLock { $0.scrubs } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The next commit waits for `release()`, and with it the journal's thread.
    func holdNextCommit() { state.withLock { $0.isToHold = true } }

    /// Comes back once a commit is held.
    func held() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if !state.isHeld { state.whenHeld = continuation }
                return state.isHeld
            }
            if isHeld { continuation.resume() }
        }
    }

    func release() {
        state.withLock { $0.isHeld = false }
        gate.signal()
    }

    // MARK: The store's side

    func beginCommit() throws(JournalStoreError) -> CommitFault? {
        let (isHeld, waiting) = state.withLock { state in
            guard state.isToHold else { return (false, nil as CheckedContinuation<Void, Never>?) }
            (state.isToHold, state.isHeld) = (false, true)
            return (true, state.whenHeld.take())
        }
        waiting?.resume()
        if isHeld { gate.wait() }
        let fault = state.withLock { state -> CommitFault? in
            if let faultOf = state.faultOf { return faultOf() }
            return state.faults.isEmpty ? nil : state.faults.removeFirst()
        }
        if case .before(let error) = fault { throw error }
        return fault
    }

    func committed(_ batch: JournalBatch?) {
        state.withLock { state in
            if let batch { state.batches.append(batch) }
            if let error = state.placeAfterCommit.take() { state.place = error }
        }
    }

    func checkPlace() throws(JournalStoreError) { try check(\.place) }
    func checkSpace() throws(JournalStoreError) { try check(\.space) }
    func checkReading() throws(JournalStoreError) { try check(\.reading) }

    func recover() throws(JournalStoreError) {
        state.withLock { $0.recoveries += 1 }
        try check(\.recovery)
        try check(\.place)
    }

    func scrubbed() { state.withLock { $0.scrubs += 1 } }
    func closed() { state.withLock { $0.isClosed = true } }

    private func check(_ error: (State) -> JournalStoreError?) throws(JournalStoreError) {
        if let error = state.withLock({ error($0) }) { throw error }
    }
}
