import JournalConformance
import Messaging

@testable import Journal

/// The model, with faults where a script has them.
final class ScriptedStore: JournalStore {
    private let model: InMemoryJournal
    private let script: StoreScript

    init(_ file: InMemoryFile, script: StoreScript) {
        model = InMemoryJournal(file)
        self.script = script
    }

    func head() throws(JournalStoreError) -> LogHead {
        try script.checkReading()
        return model.head()
    }

    func lastCheckpoint() throws(JournalStoreError) -> StoredCheckpoint? {
        try script.checkReading()
        return model.lastCheckpoint()
    }

    func openMessages() throws(JournalStoreError) -> [MessageID] {
        try script.checkReading()
        return model.openMessages()
    }

    func commit(
        lookingUp names: [ClaimName],
        _ decide: (LogHead, [ClaimName: StoredClaim]) throws -> JournalBatch
    ) throws(JournalStoreError) {
        let fault = try script.beginCommit()
        var batch: JournalBatch?
        try model.commit(lookingUp: names) { head, claims in
            let decided = try decide(head, claims)
            batch = decided
            return decided
        }
        script.committed(batch)
        if case .after(let error) = fault { throw error }
    }

    func claim(_ name: ClaimName) throws(JournalStoreError) -> StoredClaim? {
        try script.checkReading()
        return model.claim(name)
    }

    func life(of message: MessageID) throws(JournalStoreError) -> MessageLife? {
        try script.checkReading()
        return model.life(of: message)
    }

    func queue(after message: MessageID?, limit: Int, withFailed: Bool) throws(JournalStoreError) -> [QueuedMessage] {
        try script.checkReading()
        return model.queue(after: message, limit: limit, withFailed: withFailed)
    }

    func queued(_ message: MessageID) throws(JournalStoreError) -> QueuedMessage? {
        try script.checkReading()
        return model.queued(message)
    }

    func userTokens(after user: AppUser?, limit: Int) throws(JournalStoreError) -> [StoredUserTokens] {
        try script.checkReading()
        return model.userTokens(after: user, limit: limit)
    }

    func uses(since unixMicroseconds: Int64) -> [RecordedUse] { model.uses(since: unixMicroseconds) }

    func checkPlace() throws(JournalStoreError) { try script.checkPlace() }
    func checkSpace() throws(JournalStoreError) { try script.checkSpace() }
    func recover() throws(JournalStoreError) { try script.recover() }

    func unerased(before unixMilliseconds: UInt64, limit: Int) -> [MessageID] {
        model.unerased(before: unixMilliseconds, limit: limit)
    }

    func wrapped(
        otherThan master: String,
        after message: MessageID?,
        limit: Int
    ) -> [(message: MessageID, sealed: SealedContent)] {
        model.wrapped(otherThan: master, after: message, limit: limit)
    }

    func prunable(before unixMicroseconds: Int64) -> StoredCheckpoint? { model.prunable(before: unixMicroseconds) }

    func sweep(expiredBefore unixMicroseconds: Int64, limit: Int) throws(JournalStoreError) -> Bool {
        try model.sweep(expiredBefore: unixMicroseconds, limit: limit)
    }

    func scrub() { script.scrubbed() }
    func close() { script.closed() }
}
