package import Messaging

/// The port to a journal for reading and erasing: what the `audit` commands need, beside a gateway that writes.
/// Confined to one thread.
package protocol JournalArchive: AnyObject {
    var log: LogID { get }

    /// Where the log begins: empty, or what pruning left.
    func start() throws(JournalStoreError) -> LogHead

    /// The number of the last record; that of the start where there is none.
    func lastNumber() throws(JournalStoreError) -> Int

    /// Records of a range of numbers in ascending order, as they are stored: some can be missing.
    ///
    /// - Parameter part: bytes that their bodies have to contain; nil for all.
    func records(
        _ numbers: ClosedRange<Int>,
        containing part: [UInt8]?
    ) throws(JournalStoreError) -> [StoredRecord]

    /// Signed notes by their sizes, ascending.
    func checkpoints() throws(JournalStoreError) -> [StoredCheckpoint]

    func life(of message: MessageID) throws(JournalStoreError) -> MessageLife?

    /// The messages in the queue behind one, in the order of their ids, without their payloads.
    func queue(after message: MessageID?, limit: Int) throws(JournalStoreError) -> [QueuedMessage]

    func queued(_ message: MessageID) throws(JournalStoreError) -> QueuedMessage?

    /// Messages that still have their keys: of a conversation, of a user, or accepted before a time; oldest first.
    func unerased(_ selection: MessageSelection, limit: Int) throws(JournalStoreError) -> [MessageID]

    /// Appends records, erases, and puts messages into the queue, in one durable transaction.
    func commit(_ decide: (LogHead) throws -> JournalBatch) throws(JournalStoreError)

    /// Leaves nothing of what was erased in the engine's own logs.
    func scrub() throws(JournalStoreError)
}
