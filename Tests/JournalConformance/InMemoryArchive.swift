package import Journal
package import Messaging

/// The model as the `audit` commands see it. Confined to one thread.
package final class InMemoryArchive: JournalArchive {
    private let file: InMemoryFile

    package init(_ file: InMemoryFile) {
        self.file = file
    }

    package var log: LogID { file.log }

    package func start() -> LogHead { file.read(\.start) }

    package func lastNumber() -> Int { file.read { $0.records.keys.max() ?? $0.start.size } }

    package func records(_ numbers: ClosedRange<Int>, containing part: [UInt8]?) -> [StoredRecord] {
        file.read { tables in
            tables.records.values.filter { record in
                numbers.contains(record.number) && part.map { record.body.contains($0) } ?? true
            }.sorted { $0.number < $1.number }
        }
    }

    package func checkpoints() -> [StoredCheckpoint] {
        file.read { $0.checkpoints.values.sorted { $0.size < $1.size } }
    }

    package func life(of message: MessageID) -> MessageLife? { file.read { $0.life(of: message) } }

    package func queue(after message: MessageID?, limit: Int) -> [QueuedMessage] {
        file.read { $0.queue(after: message, limit: limit) }
    }

    package func queued(_ message: MessageID) -> QueuedMessage? { file.read { $0.queue[message] } }

    package func unerased(_ selection: MessageSelection, limit: Int) -> [MessageID] {
        file.read { tables in
            tables.unerased(limit: limit) { row in
                switch selection {
                case .message(let message): row.opened.message == message
                case .conversation(let conversation): row.conversation == conversation
                case .user(let user): row.opened.user == user
                case .before(let time): InMemoryTables.isOlder(row.opened.message, MessageID(lowestAt: time))
                }
            }
        }
    }

    package func commit(_ decide: (LogHead) throws -> JournalBatch) throws(JournalStoreError) {
        try file.transaction { try $0.write(try decide($0.head)) }
    }

    package func scrub() {}
}
