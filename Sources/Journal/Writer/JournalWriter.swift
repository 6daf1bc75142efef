private import Foundation

/// A journal that is written: one thread, one transaction for all that waits, one hop for each client and batch.
///
/// `submit` may be called from any thread and never waits. When an engine fails, intents are refused until it is well
/// again, which is tried five times a second; outcomes that could not be written then are written first.
package final class JournalWriter: Sendable {
    package let status: JournalStatus
    private let mailbox: JournalMailbox

    private init(status: JournalStatus, mailbox: JournalMailbox) {
        self.status = status
        self.mailbox = mailbox
    }

    /// Opens the journal on a thread of its own and gives an outcome to every message that a crash left without one.
    ///
    /// - Parameter open: called on that thread; makes the store and says who signs.
    package static func start(
        settings: JournalSettings,
        sealer: ContentSealer,
        sources: JournalSources,
        observer: any JournalObserver,
        open: @escaping @Sendable () throws -> (store: any JournalStore, signer: CheckpointSigner)
    ) async throws -> JournalWriter {
        let mailbox = JournalMailbox(capacity: settings.queue)
        let status = JournalStatus()
        try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
            let thread = Thread {
                let keeper: JournalKeeper
                do {
                    let (store, signer) = try open()
                    keeper = try JournalKeeper(
                        store: store, signer: signer, sealer: sealer, settings: settings, sources: sources,
                        mailbox: mailbox, status: status, observer: observer
                    )
                    try keeper.begin()
                } catch {
                    started.resume(throwing: error)
                    return
                }
                started.resume()
                keeper.run()
            }
            thread.name = "journal"
            thread.start()
        }
        return JournalWriter(status: status, mailbox: mailbox)
    }

    /// Hands a submission over.
    ///
    /// - Returns: false where the queue is full; then nothing happens, and the client hears nothing.
    package func submit(_ submission: Submission, ticket: UInt64 = 0, for client: (any JournalClient)? = nil) -> Bool {
        mailbox.post(JournalLetter(submission: submission, client: client, ticket: ticket))
    }

    /// How many submissions wait for the thread.
    package var waiting: Int { mailbox.count }

    /// Counts a note that was not even handed over.
    package func countLost() {
        mailbox.countLost()
    }

    /// Writes what waits, gives an outcome to what is under way still, signs, and closes the journal.
    package func stop() async {
        await withCheckedContinuation { ended in
            mailbox.close { ended.resume() }
        }
    }
}
