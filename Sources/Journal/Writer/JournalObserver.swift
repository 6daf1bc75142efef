/// Who is told how a journal fares. Called on the journal's thread; must not block for long.
package protocol JournalObserver: Sendable {
    /// A batch is on disk.
    func committed(submissions: Int, records: Int, within duration: Duration)
    func failed(_ error: JournalStoreError)
    func recovered()
    /// Intents without an outcome were found, and have one now.
    func settled(_ count: Int, reason: RecordReason)
    func signed(_ checkpoint: StoredCheckpoint)
    /// Records of reads and refusals were not kept.
    func lost(_ count: Int)
    /// Contents were destroyed or records removed because of their age.
    func aged(erased: Int, prunedUpTo: Int?)
}
