package import Messaging

/// The port to an engine that keeps a journal: what the writer needs. Confined to the writer's thread.
///
/// Every engine passes the conformance suite in `Tests/JournalConformance`.
package protocol JournalStore: AnyObject {
    /// The log as it is, with what others appended.
    func head() throws(JournalStoreError) -> LogHead

    /// The last checkpoint; nil while there is none.
    func lastCheckpoint() throws(JournalStoreError) -> StoredCheckpoint?

    /// Messages without an outcome, oldest first.
    func openMessages() throws(JournalStoreError) -> [MessageID]

    /// Writes a batch in one durable transaction: it is on disk when this returns. Where it throws, the batch may or
    /// may not be there after `recover()`.
    ///
    /// - Parameters: - names: idempotency keys to look up in the transaction. - decide: makes the batch from the log's
    ///   head and the keys that are known. What it throws undoes everything.
    func commit(
        lookingUp names: [ClaimName],
        _ decide: (LogHead, [ClaimName: StoredClaim]) throws -> JournalBatch
    ) throws(JournalStoreError)

    func claim(_ name: ClaimName) throws(JournalStoreError) -> StoredClaim?
    func life(of message: MessageID) throws(JournalStoreError) -> MessageLife?

    /// The messages in the queue behind one, in the order of their ids, without their payloads.
    func queue(after message: MessageID?, limit: Int, withFailed: Bool) throws(JournalStoreError) -> [QueuedMessage]

    func queued(_ message: MessageID) throws(JournalStoreError) -> QueuedMessage?

    /// Users' tokens behind a user, in the order of apps and names.
    func userTokens(after user: AppUser?, limit: Int) throws(JournalStoreError) -> [StoredUserTokens]

    /// Calls to Divar since a time, as far as they were recorded.
    func uses(since unixMicroseconds: Int64) throws(JournalStoreError) -> [RecordedUse]

    /// Throws where the journal is no longer where it was. Cheap: called around every commit and when there is none.
    func checkPlace() throws(JournalStoreError)

    /// Throws where less space is left than is kept for the outcomes of what is under way.
    func checkSpace() throws(JournalStoreError)

    /// Makes the journal usable after an error, and says with an error where it still isn't.
    func recover() throws(JournalStoreError)

    // MARK: Ageing

    /// Messages that still have their keys and were accepted before a time, in the order in which they were written:
    /// those among the `limit` first, or, where none of these is that old, the first `limit` behind them.
    func unerased(before unixMilliseconds: UInt64, limit: Int) throws(JournalStoreError) -> [MessageID]

    /// Messages whose keys lie under another master key than this one, behind a message in the order of ids.
    func wrapped(
        otherThan master: String,
        after message: MessageID?,
        limit: Int
    ) throws(JournalStoreError) -> [(message: MessageID, sealed: SealedContent)]

    /// The largest checkpoint made before a time that covers only messages with an outcome.
    func prunable(before unixMicroseconds: Int64) throws(JournalStoreError) -> StoredCheckpoint?

    /// Removes up to `limit` rows of each kind that nothing refers to any more: records that were pruned, messages that
    /// were accepted before the head of the log, checkpoints before it, idempotency keys that expired, failed messages
    /// that are not kept any longer.
    ///
    /// - Returns: whether there may be more.
    func sweep(expiredBefore unixMicroseconds: Int64, limit: Int) throws(JournalStoreError) -> Bool

    /// Leaves nothing of what was erased in the engine's own logs.
    func scrub() throws(JournalStoreError)

    func close()
}
