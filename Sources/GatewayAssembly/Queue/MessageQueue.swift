private import AuditReport
private import Delivery
private import Egress
private import FoundationEssentials
private import Glibc
private import Journal
private import Messaging
private import SQLiteJournal

/// The queue of a gateway for the `queue` commands, also while that gateway runs. Confined to one thread.
///
/// Throws `AuditUsageError`, `AuditMiss`, `ConfigurationError`, `ProcessError`, and what an `emit` throws.
package struct MessageQueue {
    private static let pageSize = 256

    private let configuration: Configuration
    private let environment: [String: String]
    private let path: String
    private let archive: SQLiteArchive

    /// - Parameter isWriting: whether messages are to be sent again.
    package init(configurationPath: String, environment: [String: String], isWriting: Bool) throws {
        configuration = try ConfigurationFile.read(path: configurationPath)
        self.environment = environment
        path = configuration.trail.path ?? Configuration.Trail.defaultPath
        do {
            archive = try SQLiteArchive(path: path, isReadOnly: !isWriting)
        } catch {
            throw ProcessError("the journal can not be opened: " + TerminalText.safe("\(error)"))
        }
    }

    /// Lists what waits and what failed, oldest first.
    ///
    /// - Parameter emit: takes lines without their ends.
    package func list(onlyFailed: Bool, asJSON: Bool, emit: (String) throws -> Void) throws {
        var lines: [QueueLine] = []
        try forEach { queued in
            guard !onlyFailed || queued.state == .failed else { return }
            lines.append(QueueLine(queued, reason: try archive.life(of: queued.message)?.report.reason))
        }
        for line in asJSON ? lines.map(\.json) : QueueLine.table(lines) { try emit(line) }
    }

    /// Sends failed messages again, each as a new one.
    ///
    /// - Parameters:
    ///   - names: ids of messages; nil for all that failed.
    ///   - emit: takes lines without their ends.
    package func resend(_ names: [String]?, emit: (String) throws -> Void) throws {
        var messages: [MessageID] = []
        if let names {
            for name in names {
                guard let message = MessageID(name) else { throw AuditUsageError("\(name) is not a message's id") }
                messages.append(message)
            }
        } else {
            try forEach { if $0.state == .failed { messages.append($0.message) } }
        }
        let resend = QueueResend(
            queueSealer: try QueueKeyFile.sealer(
                at: configuration.trail.queueKeyPath ?? path + ".queue-key", waiting: nil),
            contentSealer: try AuditKeys.sealer(of: configuration, environment: environment)
        )
        for message in messages {
            let new = try self.resend(message, by: resend)
            try emit("\(message) is sent again as \(new)")
        }
    }

    private func resend(_ message: MessageID, by resend: QueueResend) throws -> MessageID {
        let sources = JournalSources { AuditTime.now }
        let expires = AuditTime.now + configuration.queue.defaultPatience
        let new = sources.makeID(atMicroseconds: AuditTime.now)
        try using {
            guard let failed = try archive.queued(message) else {
                throw AuditMiss("the queue has no message \(message)")
            }
            guard failed.state == .failed else {
                throw AuditUsageError("message \(message) did not fail: it is still to be sent")
            }
            let intent = try resend.intent(resending: failed, as: new, expires: expires, peer: "uid:\(getuid())")
            guard let intent else {
                throw ProcessError("message \(message) can not be opened: the key of the queue is another one")
            }
            try archive.commit { head in
                var builder = BatchBuilder(from: head, sources: sources)
                builder.open(intent)
                // Somebody else may send it again at the same time.
                builder.batch.queue.append(.take(message))
                return builder.batch
            }
        }
        return new
    }

    private func forEach(_ body: (QueuedMessage) throws -> Void) throws {
        try using {
            var last: MessageID?
            while case let page = try archive.queue(after: last, limit: MessageQueue.pageSize), !page.isEmpty {
                for queued in page { try body(queued) }
                last = page.last?.message
            }
        }
    }

    private func using(_ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as JournalStoreError {
            throw ProcessError("the journal can not be used: " + TerminalText.safe("\(error)"))
        }
    }
}
