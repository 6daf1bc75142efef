internal import Journal
internal import Logging

/// Puts what happens to the journal into the log.
struct JournalLog: JournalObserver {
    let logger: Logger
    private let metrics = JournalMetrics()

    init(logger: Logger) {
        self.logger = logger
    }

    func committed(submissions: Int, records: Int, within duration: Duration) {
        metrics.committed(submissions: submissions, records: records, within: duration)
    }

    func failed(_ error: JournalStoreError) {
        logger.error(
            "journal unavailable: no message is sent",
            metadata: ["reason": "\(error.kind.rawValue)", "detail": "\(error.detail)"]
        )
    }

    func recovered() {
        logger.notice("journal available again")
    }

    func settled(_ count: Int, reason: RecordReason) {
        logger.warning(
            "messages without an outcome are unknown now",
            metadata: ["count": "\(count)", "reason": "\(reason.rawValue)"]
        )
    }

    /// Whoever collects logs is a witness: the note shows later that the journal was not made anew.
    func signed(_ checkpoint: StoredCheckpoint) {
        logger.info("checkpoint", metadata: ["size": "\(checkpoint.size)", "note": "\(checkpoint.note)"])
    }

    func lost(_ count: Int) {
        logger.warning("reads and refusals were not recorded for want of room", metadata: ["count": "\(count)"])
    }

    func aged(erased: Int, prunedUpTo last: Int?) {
        logger.info(
            "retention",
            metadata: ["erased": "\(erased)", "pruned_up_to": "\(last.map(String.init) ?? "none")"]
        )
    }
}
