private import Foundation
internal import Logging
private import Journal

/// Has a running gateway follow its configuration: what was read anew is checked whole, put into the trail, and applied
/// whole, or not at all.
actor ConfigurationReload {
    typealias Read = @Sendable () throws(ConfigurationError) -> Configuration

    private let gateway: Gateway
    /// Nil where nobody is to look.
    private let operators: AdminKeyBook?
    private let path: String?
    private let read: Read
    private let logger: Logger
    private let status: ReloadStatus
    private var current: Configuration

    /// So much of a list of keys goes into a record: a record is a line that people read.
    static let maximumListed = 1000

    /// - Parameters:
    ///   - path: of the configuration's file; nil where there is none.
    ///   - current: what the gateway was started with.
    ///   - operators: whose keys may change.
    init(
        _ gateway: Gateway, operators: AdminKeyBook?, from path: String?, current: Configuration, logger: Logger,
        read: @escaping Read
    ) {
        (self.gateway, self.operators, self.path, self.current) = (gateway, operators, path, current)
        (self.logger, self.read, status) = (logger, read, gateway.reloadStatus)
    }

    func reload(by trigger: ReloadTrigger) async {
        let new: Configuration
        do throws(ConfigurationError) {
            new = try read()
        } catch {
            return refuse("\(error)", trigger)
        }
        let changed = new.values.keysChanged(since: current.values)
        // A signal may have brought it already.
        if trigger == .file, changed.isEmpty { return status.applied() }
        let late = ReloadRule.needingRestart(changed)
        guard late.isEmpty else { return refuse("a restart is needed for: " + late.joined(separator: ", "), trigger) }
        if let reason = await gateway.callers.refusal(of: new) { return refuse(reason, trigger) }
        if !changed.isEmpty, await !gateway.record(recordOf(changed, trigger)) {
            return refuse("the change can not be put into the audit trail", trigger)
        }
        await gateway.reload(new, fetchingAll: trigger == .signal, changed: changed)
        operators?.replace(by: new.admin.keys)
        current = new
        status.applied()
        logger.notice(
            "configuration read again",
            metadata: ["trigger": "\(trigger.rawValue)", "changed": "\(changed.joined(separator: ", "))"])
    }

    private func refuse(_ reason: String, _ trigger: ReloadTrigger) {
        status.refused()
        logger.error(
            "the configuration can't be applied",
            metadata: ["problems": "\(reason)", "trigger": "\(trigger.rawValue)"])
    }

    /// Who sent a signal isn't known; who owns the file could have changed it.
    private func recordOf(_ changed: [String], _ trigger: ReloadTrigger) -> RecordDraft {
        var record = RecordDraft(.configuration)
        record.knownBy = trigger.rawValue
        let owner = path.flatMap { try? FileManager.default.attributesOfItem(atPath: $0)[.ownerAccountID] as? NSNumber }
        record.peer = owner.map { "file owner uid \($0)" }
        record.count = changed.count
        record.changed = ConfigurationReload.list(changed)
        return record
    }

    static func list(_ keys: [String]) -> String {
        var list = ""
        for key in keys {
            let next = list.isEmpty ? key : list + "," + key
            guard next.utf8.count <= maximumListed else { return list + ",…" }
            list = next
        }
        return list
    }
}
