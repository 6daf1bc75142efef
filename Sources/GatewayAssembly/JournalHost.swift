private import FoundationEssentials
internal import Journal
internal import Logging
private import Messaging
private import SQLiteJournal
private import Synchronization

/// The running journal of a gateway.
struct JournalHost: Sendable {
    let writer: JournalWriter
    let path: String
    /// Calls to Divar in the day before the start.
    let uses: [RecordedUse]
    let userTokens: [StoredUserTokens]
    let queueSealer: QueueSealer
    /// Removed at the end: the journal of a gateway that only tries things out.
    private let temporaryFolder: String?

    /// Opens the journal, or begins one. Throws where that can't be done or another gateway has it.
    ///
    /// - Parameter isTemporary: whether a journal without a path lives only as long as the gateway.
    static func start(
        _ trail: Configuration.Trail,
        sealer: ContentSealer,
        isTemporary: Bool,
        logger: Logger
    ) async throws -> JournalHost {
        let temporaryFolder = trail.path == nil && isTemporary ? try makeTemporaryFolder() : nil
        let path = trail.path ?? temporaryFolder.map { $0 + "/journal.db" } ?? Configuration.Trail.defaultPath
        try makeFolder(of: path)
        let sources = JournalSources { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        let uses = Mutex<[RecordedUse]>([])
        let userTokens = Mutex<[StoredUserTokens]>([])
        let queueSealer = Mutex<QueueSealer?>(nil)
        let writer = try await JournalWriter.start(
            settings: trail.settings, sealer: sealer, sources: sources, observer: JournalLog(logger: logger)
        ) {
            let newLog = LogID(random: (.random(in: .min ... .max), .random(in: .min ... .max)))
            let store = try SQLiteJournal(path: path, minimumFree: trail.minimumFree, newLog: newLog)
            let signer = try AuditKeys.signer(
                of: store.log, keyPath: trail.signingKeyPath ?? path + ".key", verifierKeyPath: path + ".vkey"
            )
            let keyPath = trail.queueKeyPath ?? path + ".queue-key"
            let sealer = try QueueKeyFile.sealer(at: keyPath, waiting: try JournalHost.waiting(in: store))
            queueSealer.withLock { $0 = sealer }
            let dayAgo = sources.nowMicroseconds() - JournalHost.day
            let found = try store.uses(since: dayAgo)
            uses.withLock { $0 = found }
            let tokens = try JournalHost.userTokens(in: store)
            userTokens.withLock { $0 = tokens }
            return (store, signer)
        }
        logger.debug("journal open", metadata: ["path": "\(path)", "records": "\(writer.status.records)"])
        return JournalHost(
            writer: writer, path: path, uses: uses.withLock { $0 }, userTokens: userTokens.withLock { $0 },
            queueSealer: queueSealer.withLock { $0 } ?? QueueSealer(), temporaryFolder: temporaryFolder)
    }

    private static func userTokens(in store: SQLiteJournal) throws(JournalStoreError) -> [StoredUserTokens] {
        var all: [StoredUserTokens] = []
        while true {
            let page = try store.userTokens(after: all.last?.user, limit: JournalHost.pageSize)
            all += page
            guard page.count == JournalHost.pageSize else { return all }
        }
    }

    private static func waiting(in store: SQLiteJournal) throws(JournalStoreError) -> Int {
        var (count, last) = (0, MessageID?.none)
        while true {
            let page = try store.queue(after: last, limit: JournalHost.pageSize, withFailed: false)
            count += page.count
            guard page.count == JournalHost.pageSize else { return count }
            last = page.last?.message
        }
    }

    private static let pageSize = 1024

    /// The longest window of a quota, in microseconds.
    private static let day: Int64 = 24 * 3_600_000_000

    func stop() async {
        await writer.stop()
        if let temporaryFolder { try? FileManager.default.removeItem(atPath: temporaryFolder) }
    }

    private static func makeTemporaryFolder() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/divar-gateway-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700]
        )
        return path
    }

    private static func makeFolder(of path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw ProcessError("the folder \(folder) of the journal can not be made; set journal.path to another place")
        }
    }
}
