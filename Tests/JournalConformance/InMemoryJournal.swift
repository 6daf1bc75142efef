package import Journal
package import Messaging

/// The model that engines are compared with: a journal in plain dictionaries, lost with the process. Confined to one
/// thread.
package final class InMemoryJournal: JournalStore {
    private let file: InMemoryFile

    package init(_ file: InMemoryFile) {
        self.file = file
    }

    package func head() -> LogHead { file.read(\.head) }

    package func lastCheckpoint() -> StoredCheckpoint? {
        file.read { $0.checkpoints.values.max { $0.size < $1.size } }
    }

    package func openMessages() -> [MessageID] { file.read(\.openMessages) }

    package func commit(
        lookingUp names: [ClaimName],
        _ decide: (LogHead, [ClaimName: StoredClaim]) throws -> JournalBatch
    ) throws(JournalStoreError) {
        try file.transaction { tables in
            var claims: [ClaimName: StoredClaim] = [:]
            for name in names { claims[name] = tables.claim(name) }
            try tables.write(try decide(tables.head, claims))
        }
    }

    package func claim(_ name: ClaimName) -> StoredClaim? { file.read { $0.claim(name) } }
    package func life(of message: MessageID) -> MessageLife? { file.read { $0.life(of: message) } }

    package func queue(after message: MessageID?, limit: Int, withFailed: Bool) -> [QueuedMessage] {
        file.read { $0.queue(after: message, limit: limit, withFailed: withFailed) }
    }

    package func queued(_ message: MessageID) -> QueuedMessage? { file.read { $0.queue[message] } }

    package func userTokens(after user: AppUser?, limit: Int) -> [StoredUserTokens] {
        file.read { $0.userTokens(after: user, limit: limit) }
    }

    package func uses(since unixMicroseconds: Int64) -> [RecordedUse] {
        file.read { $0.uses(since: unixMicroseconds) }
    }

    package func checkPlace() {}
    package func checkSpace() {}
    package func recover() {}

    package func unerased(before unixMilliseconds: UInt64, limit: Int) -> [MessageID] {
        let end = MessageID(lowestAt: unixMilliseconds)
        return file.read { tables in
            let old = tables.firstWritten(limit: limit).filter { InMemoryTables.isOlder($0, end) }
            guard old.isEmpty else { return old }
            return Array(tables.firstWritten(limit: .max).filter { InMemoryTables.isOlder($0, end) }.prefix(limit))
        }
    }

    package func wrapped(
        otherThan master: String,
        after message: MessageID?,
        limit: Int
    ) -> [(message: MessageID, sealed: SealedContent)] {
        file.read { tables in
            tables.wrapped(otherThan: master, after: message, limit: limit).compactMap { message in
                tables.messages[message]?.opened.sealed.map { (message, $0) }
            }
        }
    }

    package func prunable(before unixMicroseconds: Int64) -> StoredCheckpoint? {
        file.read { $0.prunable(before: unixMicroseconds) }
    }

    package func sweep(expiredBefore unixMicroseconds: Int64, limit: Int) throws(JournalStoreError) -> Bool {
        var more = false
        try file.transaction { more = $0.sweep(expiredBefore: unixMicroseconds, limit: limit) }
        return more
    }

    package func scrub() {}
    package func close() {}
}
