internal import Journal
internal import Messaging

/// What a journal holds, in the plainest form. A value, so that a transaction is a copy that replaces the original.
struct InMemoryTables: Sendable {
    let log: LogID
    var head: LogHead
    var records: [Int: StoredRecord] = [:]
    var checkpoints: [Int: StoredCheckpoint] = [:]
    var messages: [MessageID: InMemoryRow] = [:]
    var claims: [ClaimName: StoredClaim] = [:]
    var queue: [MessageID: QueuedMessage] = [:]
    var userTokens: [AppUser: StoredUserTokens] = [:]
    var pruned: StoredCheckpoint?

    init(log: LogID) {
        self.log = log
        head = LogHead(log: log)
    }

    // MARK: Reading

    var start: LogHead { pruned?.head ?? LogHead(log: log) }

    var openMessages: [MessageID] {
        messages.values.filter { $0.outcome == nil }.map(\.opened).sorted { $0.intent < $1.intent }.map(\.message)
    }

    func life(of message: MessageID) -> MessageLife? {
        guard let row = messages[message], let intent = records[row.opened.intent] else { return nil }
        return MessageLife(
            message: message,
            caller: row.opened.caller,
            intent: intent.body,
            outcome: row.outcome.flatMap { records[$0]?.body },
            reconciliation: row.reconciliation.flatMap { records[$0]?.body },
            queue: queue[message].map { QueueState(state: $0.state, attempts: $0.attempts, expires: $0.expires) },
            sealed: row.opened.sealed,
            answer: row.answer
        )
    }

    func claim(_ name: ClaimName) -> StoredClaim? {
        claims[name].map { claim in
            var claim = claim
            claim.life = life(of: claim.message)
            return claim
        }
    }

    /// Messages that still have their keys, oldest first.
    func unerased(limit: Int, where isMeant: (InMemoryRow) -> Bool) -> [MessageID] {
        let found = messages.values.filter { $0.opened.sealed != nil && isMeant($0) }.map(\.opened.message)
        return Array(found.sorted(by: InMemoryTables.isOlder).prefix(limit))
    }

    /// The messages written first of those that have their keys.
    func firstWritten(limit: Int) -> [MessageID] {
        messages.values.map(\.opened).filter { $0.sealed != nil }.sorted { $0.intent < $1.intent }
            .prefix(limit).map(\.message)
    }

    func wrapped(otherThan master: String, after message: MessageID?, limit: Int) -> [MessageID] {
        unerased(limit: .max) { row in
            row.opened.sealed?.master.map { $0 != master } ?? false
                && message.map { InMemoryTables.isOlder($0, row.opened.message) } ?? true
        }.prefix(limit).map { $0 }
    }

    func prunable(before time: Int64) -> StoredCheckpoint? {
        let firstOpen = messages.values.filter { $0.outcome == nil }.map(\.opened.intent).min() ?? .max
        return checkpoints.values.filter { $0.at < time && $0.size > start.size && $0.size < firstOpen }
            .max { $0.size < $1.size }
    }

    static func isOlder(_ one: MessageID, _ other: MessageID) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }

    // MARK: Writing

    mutating func write(_ batch: JournalBatch) throws(JournalStoreError) {
        for record in batch.records {
            guard records.updateValue(record, forKey: record.number) == nil else {
                throw JournalStoreError(.other, "record \(record.number) stands there already")
            }
        }
        for opened in batch.opened {
            let row = InMemoryRow(opened: opened, conversation: opened.conversation)
            guard messages.updateValue(row, forKey: opened.message) == nil else {
                throw JournalStoreError(.other, "message \(opened.message) stands there already")
            }
        }
        for closed in batch.closed { close(closed) }
        for claim in batch.claims {
            claims[claim.name] = StoredClaim(
                message: claim.message, fingerprint: claim.fingerprint, expires: claim.expires
            )
        }
        for name in batch.released { claims[name] = nil }
        for change in batch.queue { try write(change) }
        for change in batch.userTokens { write(change) }
        for message in batch.erased {
            if messages[message]?.opened.sealed != nil { messages[message]?.isErased = true }
            messages[message]?.opened.sealed = nil
            if queue[message]?.state == .failed { queue[message] = nil }
        }
        for (message, number) in batch.reconciled { messages[message]?.reconciliation = number }
        for (message, sealed) in batch.rewrapped where messages[message]?.opened.sealed != nil {
            messages[message]?.opened.sealed?.key = sealed.key
            messages[message]?.opened.sealed?.master = sealed.master
        }
        if let checkpoint = batch.checkpoint { checkpoints[checkpoint.size] = checkpoint }
        if let checkpoint = batch.pruned {
            guard checkpoint.head != nil else { throw JournalStoreError(.corrupt, "a checkpoint can not be read") }
            pruned = checkpoint
        }
        head = batch.head
    }

    private mutating func close(_ closed: ClosedMessage) {
        guard let row = messages[closed.message], row.outcome == nil else { return }
        messages[closed.message]?.outcome = closed.outcome
        messages[closed.message]?.answer = closed.answer
        if let conversation = closed.conversation { messages[closed.message]?.conversation = conversation }
    }

    /// Removes up to that many rows of each kind; gives whether more are left.
    mutating func sweep(expiredBefore time: Int64, limit: Int) -> Bool {
        let end = start.size
        let open = Set(openMessages)
        let expired = claims.filter { $0.value.expires < time && !open.contains($0.value.message) }
            .sorted { $0.value.expires < $1.value.expires }.map(\.key)
        let oldRecords = records.keys.filter { $0 <= end }.sorted()
        let oldCheckpoints = checkpoints.keys.filter { $0 < end }.sorted()
        let oldMessages = messages.values.filter { $0.opened.intent <= end }.map(\.opened.message)
            .sorted(by: InMemoryTables.isOlder)
        let failed = queue.values.filter { $0.state == .failed && $0.expires < time }.map(\.message)
        for message in failed { queue[message] = nil }
        for name in expired.prefix(limit) { claims[name] = nil }
        for number in oldRecords.prefix(limit) { records[number] = nil }
        for size in oldCheckpoints.prefix(limit) { checkpoints[size] = nil }
        for message in oldMessages.prefix(limit) { messages[message] = nil }
        return [expired.count, oldRecords.count, oldCheckpoints.count, oldMessages.count].contains { $0 > limit }
    }
}
