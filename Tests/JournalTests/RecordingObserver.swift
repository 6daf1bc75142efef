import Synchronization

@testable import Journal

/// Remembers what a journal said of itself, in words.
final class RecordingObserver: JournalObserver {
    private struct State {
        var events: [String] = []
        var waiting: [(event: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var events: [String] { state.withLock { $0.events } }

    /// Waits until that was said.
    func heard(_ event: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                let isThere = state.events.contains(event)
                if !isThere { state.waiting.append((event, continuation)) }
                return isThere
            }
            if isThere { continuation.resume() }
        }
    }

    func committed(submissions: Int, records: Int, within duration: Duration) {}
    func failed(_ error: JournalStoreError) { hear("failed: \(error.kind.rawValue)") }
    func recovered() { hear("recovered") }
    func settled(_ count: Int, reason: RecordReason) { hear("settled \(count): \(reason.rawValue)") }
    func signed(_ checkpoint: StoredCheckpoint) { hear("signed \(checkpoint.size)") }
    func lost(_ count: Int) { hear("lost \(count)") }

    func aged(erased: Int, prunedUpTo: Int?) {
        hear(prunedUpTo.map { "pruned up to \($0)" } ?? "erased \(erased)")
    }

    private func hear(_ event: String) {
        let heard = state.withLock { state in
            state.events.append(event)
            let heard = state.waiting.filter { $0.event == event }
            state.waiting.removeAll { $0.event == event }
            return heard
        }
        for waiting in heard { waiting.continuation.resume() }
    }
}
