internal import Journal

/// Says where the measurement went wrong, and nothing else.
struct SilentObserver: JournalObserver {
    func committed(submissions: Int, records: Int, within duration: Duration) {}
    func failed(_ error: JournalStoreError) { print("failed: \(error)") }
    func recovered() {}
    func settled(_ count: Int, reason: RecordReason) {}
    func signed(_ checkpoint: StoredCheckpoint) {}
    func lost(_ count: Int) {}
    func aged(erased: Int, prunedUpTo: Int?) {}
}
