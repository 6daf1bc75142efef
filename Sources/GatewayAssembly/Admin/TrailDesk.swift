internal import AdminPlane
internal import AuditReport
internal import Journal
internal import Messaging
private import NIOPosix
private import SQLiteJournal
private import Synchronization

/// Reads the trail for those who look, on a thread of its own: a search through millions of records takes a while, and
/// nothing else is to wait for it.
final class TrailDesk: Sendable {
    /// Steps of the log that one search takes: half a million records.
    private static let maximumSteps = 100
    private static let maximumWaiting = 8

    private let path: String
    private let masterKeys: @Sendable () throws -> [MasterKey]
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Atomic<Int>(0)

    /// - Parameters:
    ///   - path: of the journal.
    ///   - masterKeys: fetched for each text that is shown, so that they aren't kept.
    init(path: String, masterKeys: @escaping @Sendable () throws -> [MasterKey]) {
        (self.path, self.masterKeys) = (path, masterKeys)
        pool.start()
    }

    func stop() async {
        try? await pool.shutdownGracefully()
    }

    func page(_ filter: EntryFilter, below number: Int?, limit: Int) async throws(TrailError) -> EntryPage {
        try await read { archive in
            try EntryReader(archive: archive, filter: filter)
                .entries(below: number, limit: limit, maximumSteps: TrailDesk.maximumSteps)
        }
    }

    func story(of name: RecordName) async throws(TrailError) -> MessageStory? {
        let keyPath = path + ".vkey"
        return try await read { archive in
            try MessageStory.find(name, in: archive, key: try? VerifierKeyFile.read(keyPath))
        }
    }

    func proof(of number: Int) async throws(TrailError) -> String? {
        try await read { archive in
            guard number > (try archive.start().size), number <= (try archive.lastNumber()) else { return nil }
            do {
                return try ProofFile.make(for: number, archive: archive).text
            } catch let failure as ProofFailure {
                if case .brokenLog = failure { throw failure }
                return nil
            }
        }
    }

    func text(of message: MessageID) async throws(TrailError) -> KeptText {
        let masterKeys = masterKeys
        return try await read { archive in
            try KeptText.find(message, in: archive, masterKeys: try masterKeys())
        }
    }

    private func read<Value: Sendable>(
        _ work: @escaping @Sendable (any JournalArchive) throws -> Value
    ) async throws(TrailError) -> Value {
        guard waiting.add(1, ordering: .relaxed).newValue <= TrailDesk.maximumWaiting else {
            waiting.subtract(1, ordering: .relaxed)
            throw .busy
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        do {
            let path = path
            return try await pool.runIfActive { try work(SQLiteArchive(path: path, isReadOnly: true)) }
        } catch {
            throw .unreadable(TerminalText.safe("\(error)"))
        }
    }
}
