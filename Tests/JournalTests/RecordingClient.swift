import Synchronization

@testable import Journal

/// Submits, and hears what became of it.
final class RecordingClient: JournalClient {
    private struct State {
        var nextTicket: UInt64 = 1
        var results: [UInt64: JournalResult] = [:]
        var waiting: [UInt64: CheckedContinuation<JournalResult, Never>] = [:]
        var deliveries: [[UInt64]] = []
        var repeated: [UInt64] = []
    }

    private let state = Mutex(State())

    /// Hands a submission over, and gives its ticket; nil where it is refused.
    func post(_ submission: Submission, to writer: JournalWriter) -> UInt64? {
        let ticket = state.withLock { state in
            defer { state.nextTicket += 1 }
            return state.nextTicket
        }
        return writer.submit(submission, ticket: ticket, for: self) ? ticket : nil
    }

    /// Waits for what becomes of a submission.
    func result(of ticket: UInt64) async -> JournalResult {
        await withCheckedContinuation { continuation in
            let result = state.withLock { state in
                if state.results[ticket] == nil { state.waiting[ticket] = continuation }
                return state.results[ticket]
            }
            if let result { continuation.resume(returning: result) }
        }
    }

    /// The tickets of each time that results came.
    var deliveries: [[UInt64]] { state.withLock { $0.deliveries } }

    /// Tickets that were answered more than once.
    var repeated: [UInt64] { state.withLock { $0.repeated } }

    func deliver(_ results: [(ticket: UInt64, result: JournalResult)]) {
        let waiting = state.withLock { state in
            state.deliveries.append(results.map(\.ticket))
            return results.compactMap { ticket, result in
                if state.results.updateValue(result, forKey: ticket) != nil { state.repeated.append(ticket) }
                return state.waiting.removeValue(forKey: ticket).map { ($0, result) }
            }
        }
        for (continuation, result) in waiting { continuation.resume(returning: result) }
    }
}
