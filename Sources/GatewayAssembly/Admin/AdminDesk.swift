internal import AdminPlane
internal import AuditReport
private import Foundation
private import Journal
internal import Logging
internal import Messaging
internal import Observability
private import Synchronization

/// Answers for the gateway to those who look. It is there before the gateway is, for the listeners come first.
final class AdminDesk: AdminSubject {
    /// What is there once the gateway runs.
    struct Subject: Sendable {
        let gateway: Gateway
        let trail: TrailDesk
    }

    private let subject = Mutex<Subject?>(nil)
    private let registry: MetricsRegistry
    private let log: GatewayLog
    private let logger: Logger
    private let started = Int64(Date().timeIntervalSince1970)

    init(registry: MetricsRegistry, log: GatewayLog) {
        (self.registry, self.log) = (registry, log)
        logger = log.logger
    }

    func begin(_ new: Subject) {
        subject.withLock { $0 = new }
    }

    private var current: Subject? { subject.withLock { $0 } }

    func state() async -> GatewayState {
        guard let gateway = current?.gateway else {
            return .starting(since: started, level: log.threshold.level.rawValue)
        }
        return await gateway.state(since: started)
    }

    func metrics() -> [MetricFamily] { registry.collect() }

    func trail(_ filter: EntryFilter, below number: Int?, limit: Int) async throws(TrailError) -> EntryPage {
        try await trailDesk().page(filter, below: number, limit: limit)
    }

    func story(of name: RecordName) async throws(TrailError) -> MessageStory? {
        try await trailDesk().story(of: name)
    }

    func proof(of number: Int) async throws(TrailError) -> String? {
        try await trailDesk().proof(of: number)
    }

    func text(of message: MessageID, for name: String, at peer: String) async throws(TrailError) -> KeptText {
        guard let current else { throw .busy }
        // What isn't there needs no record.
        guard let story = try await current.trail.story(of: .message(message)), story.isContentKept else {
            return .absent("nothing is kept of the text")
        }
        var record = RecordDraft(.look)
        (record.message, record.adminName, record.peer) = (message, name, peer)
        guard await current.gateway.record(record) else { throw .unrecorded }
        logger.notice(
            "a message's text is shown",
            metadata: ["message_id": "\(message)", "operator": "\(name)", "peer": "\(peer)"])
        return try await current.trail.text(of: message)
    }

    func setLogLevel(_ level: String, by name: String) async -> Bool {
        guard let new = Logger.Level(rawValue: level) else { return false }
        guard new != log.threshold.level else { return true }
        log.threshold.level = new
        logger.notice("log level changed", metadata: ["operator": "\(name)", "log_level": "\(level)"])
        var record = RecordDraft(.configuration)
        (record.adminName, record.knownBy, record.count, record.changed) = (name, "admin", 1, "log.level")
        // A journal that can't be written is no reason to see less of why.
        _ = await current?.gateway.record(record)
        return true
    }

    func log(_ event: AdminEvent) {
        switch event {
        case .signedIn(let name, let peer):
            logger.notice("an operator signed in", metadata: ["operator": "\(name)", "peer": "\(peer)"])
        case .refused(let peer):
            logger.warning("an admin key that is nobody's", metadata: ["peer": "\(peer)"])
        }
    }

    private func trailDesk() throws(TrailError) -> TrailDesk {
        guard let current else { throw .busy }
        return current.trail
    }
}
