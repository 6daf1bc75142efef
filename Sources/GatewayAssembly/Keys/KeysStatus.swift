internal import Custody
private import Delivery
internal import Egress
private import FoundationEssentials
internal import Messaging
private import Synchronization

/// How the Divar keys fare, in words for `/health/ready`.
final class KeysStatus: Sendable {
    private let keys: SharedAppKeys
    private let faults = Mutex<[String]>([])

    init(_ keys: SharedAppKeys) {
        self.keys = keys
    }

    func set(faults new: [String]) {
        faults.withLock { $0 = new }
    }

    var apps: [AppName] { keys.apps }

    func reports() -> [KeyReport] { keys.reports() }

    var detail: String {
        let now = Int(Date().timeIntervalSince1970)
        let remarks = keys.reports().compactMap { report -> String? in
            let age = KeyAge(created: report.created, now: now)
            switch report.kind {
            case .refused: return "\(report.name) is refused by Divar"
            case .candidate: return "\(report.name) has a successor that is not proved yet"
            case .trusted: return age.flatMap { $0.isOld ? "\(report.name) is \($0.days) days old" : nil }
            }
        }
        // Paths and modes are for the log: whoever may ask for the readiness may be anybody.
        let unfetched = faults.withLock { $0.count }
        let all =
            ["\(apps.count) app(s) have a key"] + remarks
            + (unfetched > 0 ? ["\(unfetched) key(s) can not be fetched again, see the log"] : [])
        return all.joined(separator: "; ")
    }
}
