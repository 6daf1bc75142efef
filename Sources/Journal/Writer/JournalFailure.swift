internal import Messaging

/// What a journal that can't be written remembers, to mend it later: outcomes that it owes, and intents that were
/// refused though they may have reached the disk.
struct JournalFailure {
    private(set) var error: JournalStoreError
    private var nextTry: Int64 = 0
    private var owed: [OutcomeSubmission] = []
    private var owing: Set<MessageID> = []
    private var refused: [MessageID: ClaimName?] = [:]

    /// Intents that are remembered: those of the batch that failed. Later ones never reach the disk.
    private static let rememberedIntents = 4096

    init(error: JournalStoreError) {
        self.error = error
    }

    mutating func tried(at now: Int64, with error: JournalStoreError) {
        self.error = error
        nextTry = now + Int64(JournalSettings.recoveryInterval / .microseconds(1))
    }

    /// Also where the clock was set back.
    func mayTryAgain(at now: Int64) -> Bool {
        now >= nextTry || nextTry - now > Int64(JournalSettings.recoveryInterval / .microseconds(1))
    }

    /// Whether a message's intent is one that was refused, though it may be on disk.
    func isRefused(_ message: MessageID) -> Bool { refused[message] != nil }

    mutating func refused(_ intent: IntentSubmission) {
        guard refused.count < JournalFailure.rememberedIntents else { return }
        refused[intent.message] = .some(intent.claim?.name)
    }

    /// The first that is told of a message stands.
    mutating func keep(_ outcome: OutcomeSubmission) {
        if owing.insert(outcome.message).inserted { owed.append(outcome) }
    }

    /// Whether a message's outcome is known, though it isn't on disk.
    func owes(_ message: MessageID) -> Bool { owing.contains(message) }

    /// What makes the log true again.
    ///
    /// - Parameters:
    ///   - open: messages without an outcome in the journal as it was found.
    ///   - live: messages that are under way.
    func batch(
        from head: LogHead,
        open: Set<MessageID>,
        live: [MessageID: ClaimName?],
        sources: JournalSources
    ) -> JournalBatch {
        var builder = BatchBuilder(from: head, sources: sources)
        var settled: Set<MessageID> = []
        for outcome in owed where open.contains(outcome.message) && settled.insert(outcome.message).inserted {
            builder.close(outcome)
        }
        for message in open.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) })
        where !settled.contains(message) && live[message] == nil {
            if let name = refused[message] {
                builder.close(message, as: .notSent, reason: .journalUnavailable)
                if let name { builder.batch.released.append(name) }
            } else {
                builder.close(message, as: .unknown, reason: .crash)
            }
        }
        return builder.batch
    }
}
