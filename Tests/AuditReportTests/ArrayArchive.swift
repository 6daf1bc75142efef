import Journal
import Messaging

/// A journal in arrays, open to every kind of tampering.
final class ArrayArchive: JournalArchive {
    /// A row of the table of messages.
    struct Row {
        var opened: OpenedMessage
        var outcome: Int?
        var conversation: String?
        var sealed: SealedContent?
    }

    let log: LogID
    var head: LogHead
    var begin: LogHead
    /// In the order of their numbers, unless a test says otherwise.
    var stored: [StoredRecord] = []
    var signed: [StoredCheckpoint] = []
    var rows: [MessageID: Row] = [:]
    /// Numbers of records that can't be read.
    var unreadable: Set<Int> = []
    var unreadableLives: Set<MessageID> = []
    var isStartUnreadable = false
    /// Whether erasing does nothing, as a trigger in a database could see to.
    var ignoresErasure = false
    var scrubs = 0
    var scrubFailure: JournalStoreError?
    /// Called before records are read.
    var beforeReading: () -> Void = {}

    init(log: LogID) {
        self.log = log
        (head, begin) = (LogHead(log: log), LogHead(log: log))
    }

    func start() throws(JournalStoreError) -> LogHead {
        if isStartUnreadable { throw JournalStoreError(.corrupt, "the head can not be read") }
        return begin
    }

    func lastNumber() -> Int { stored.map(\.number).max() ?? begin.size }

    func records(
        _ numbers: ClosedRange<Int>,
        containing part: [UInt8]?
    ) throws(JournalStoreError) -> [StoredRecord] {
        beforeReading()
        if unreadable.contains(where: numbers.contains) { throw JournalStoreError(.corrupt, "a row can not be read") }
        let found = stored.filter { record in
            numbers.contains(record.number) && part.map { Self.holds(record.body, $0) } ?? true
        }
        return found.sorted { $0.number < $1.number }
    }

    func checkpoints() -> [StoredCheckpoint] { signed.sorted { $0.size < $1.size } }

    func life(of message: MessageID) throws(JournalStoreError) -> MessageLife? {
        if unreadableLives.contains(message) { throw JournalStoreError(.corrupt, "a row can not be read") }
        guard let row = rows[message], let intent = body(row.opened.intent) else { return nil }
        return MessageLife(
            message: message, caller: row.opened.caller, intent: intent, outcome: row.outcome.flatMap(body),
            sealed: row.sealed
        )
    }

    func queue(after message: MessageID?, limit: Int) -> [QueuedMessage] { [] }
    func queued(_ message: MessageID) -> QueuedMessage? { nil }
    func unerased(_ selection: MessageSelection, limit: Int) -> [MessageID] {
        let found = rows.filter { message, row in
            guard row.sealed != nil else { return false }
            return switch selection {
            case .message(let wanted): message == wanted
            case .conversation(let wanted): row.conversation == wanted
            case .user(let wanted): row.opened.user == wanted
            case .before(let time): message.unixMilliseconds < time
            }
        }
        return Array(found.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.prefix(limit))
    }

    func commit(_ decide: (LogHead) throws -> JournalBatch) throws(JournalStoreError) {
        let batch: JournalBatch
        do {
            batch = try decide(head)
        } catch {
            throw JournalStoreError(.other, "\(error)")
        }
        head = batch.head
        stored += batch.records
        for opened in batch.opened {
            rows[opened.message] = Row(
                opened: opened, outcome: nil, conversation: opened.conversation, sealed: opened.sealed
            )
        }
        for closed in batch.closed {
            rows[closed.message]?.outcome = closed.outcome
            if let conversation = closed.conversation { rows[closed.message]?.conversation = conversation }
        }
        if !ignoresErasure { for message in batch.erased { rows[message]?.sealed = nil } }
        if let checkpoint = batch.checkpoint { signed.append(checkpoint) }
        if let pruned = batch.pruned, let head = pruned.head { begin = head }
    }

    func scrub() throws(JournalStoreError) {
        if let scrubFailure { throw scrubFailure }
        scrubs += 1
    }

    /// Removes what pruning left behind, as retention does after a while.
    func sweep() {
        stored.removeAll { $0.number <= begin.size }
        signed.removeAll { $0.size < begin.size }
        rows = rows.filter { $0.value.opened.intent > begin.size }
    }

    private func body(_ number: Int) -> [UInt8]? { stored.first { $0.number == number }?.body }

    private static func holds(_ body: [UInt8], _ part: [UInt8]) -> Bool {
        guard body.count >= part.count else { return false }
        return (0...body.count - part.count).contains { body[$0..<$0 + part.count].elementsEqual(part) }
    }
}
