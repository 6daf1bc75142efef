internal import Journal

/// Waits for one submission to be on disk.
final class JournalReceipt: JournalClient {
    private let continuation: CheckedContinuation<Bool, Never>

    private init(_ continuation: CheckedContinuation<Bool, Never>) {
        self.continuation = continuation
    }

    /// - Returns: whether the record is on disk.
    static func of(_ record: RecordDraft, in writer: JournalWriter) async -> Bool {
        await withCheckedContinuation { continuation in
            let receipt = JournalReceipt(continuation)
            if !writer.submit(.note(record), for: receipt) { continuation.resume(returning: false) }
        }
    }

    func deliver(_ results: [(ticket: UInt64, result: JournalResult)]) {
        for (_, result) in results {
            if case .committed = result {
                continuation.resume(returning: true)
            } else {
                continuation.resume(returning: false)
            }
        }
    }
}
