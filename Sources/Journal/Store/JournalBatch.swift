package import Messaging

/// What one commit writes: all of it or nothing.
package struct JournalBatch: Sendable {
    /// The log behind the last of the records.
    package var head: LogHead
    package var records: [StoredRecord] = []
    package var opened: [OpenedMessage] = []
    package var closed: [ClosedMessage] = []
    package var claims: [NewClaim] = []
    /// Idempotency keys that may be used again: nothing was sent for them.
    package var released: [ClaimName] = []
    /// Messages whose keys and contents are destroyed. Fingerprints are under those keys, and answers hold no content.
    package var erased: [MessageID] = []
    /// Messages whose keys lie under another master key now.
    package var rewrapped: [MessageID: SealedContent] = [:]
    /// Messages whose unknown outcomes were settled, with the numbers of the records that say so.
    package var reconciled: [MessageID: Int] = [:]
    /// In this order.
    package var queue: [QueueChange] = []
    /// In this order.
    package var userTokens: [StoredTokensChange] = []
    package var checkpoint: StoredCheckpoint?
    /// Where the log begins from now on.
    package var pruned: StoredCheckpoint?

    /// A batch that changes nothing yet.
    package init(head: LogHead) {
        self.head = head
    }
}
