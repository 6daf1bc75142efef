package import Journal
package import NIOCore

/// One event loop's way to the journal: hands submissions over and calls back on the loop, a batch at a time.
package final class LoopJournal: JournalClient {
    /// What waits for the journal. Confined to the loop.
    private final class Waiting {
        var completions: [UInt64: (JournalResult) -> Void] = [:]
        var nextTicket: UInt64 = 1
        /// When the refusals of this second began, and how many were handed over in it.
        var second = NIODeadline.uptimeNanoseconds(0)
        var refusals = 0
    }

    private let writer: JournalWriter
    private let eventLoop: any EventLoop
    private let waiting: NIOLoopBound<Waiting>

    /// Refusals that a loop records in a second; whoever is refused needs no key, and must not fill the disk.
    static let refusalsPerSecond = 100

    /// Called on the loop.
    package init(writer: JournalWriter, eventLoop: any EventLoop) {
        self.writer = writer
        self.eventLoop = eventLoop
        waiting = NIOLoopBound(Waiting(), eventLoop: eventLoop)
    }

    var status: JournalStatus { writer.status }

    /// The records of the log, as far as they are known.
    var records: Int { writer.status.records }

    /// Hands a submission over, and calls back once it is on disk or can't be.
    ///
    /// - Returns: false where the journal's queue is full; then nothing happens.
    func submit(_ submission: Submission, completion: @escaping (JournalResult) -> Void) -> Bool {
        let waiting = waiting.value
        let ticket = waiting.nextTicket
        guard writer.submit(submission, ticket: ticket, for: self) else { return false }
        // The answer comes by a later turn of this loop.
        waiting.nextTicket += 1
        waiting.completions[ticket] = completion
        return true
    }

    /// Hands over what nobody waits for.
    func note(_ record: RecordDraft) {
        _ = writer.submit(.note(record))
    }

    /// Hands over a refusal, if there weren't too many.
    func noteRefusal(_ record: RecordDraft) {
        let waiting = waiting.value
        let now = NIODeadline.now()
        if now - waiting.second >= .seconds(1) { (waiting.second, waiting.refusals) = (now, 0) }
        waiting.refusals += 1
        if waiting.refusals <= LoopJournal.refusalsPerSecond { note(record) } else { writer.countLost() }
    }

    package func deliver(_ results: [(ticket: UInt64, result: JournalResult)]) {
        eventLoop.execute { [waiting] in
            for (ticket, result) in results {
                waiting.value.completions.removeValue(forKey: ticket)?(result)
            }
        }
    }
}
