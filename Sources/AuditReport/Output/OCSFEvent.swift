internal import Journal
internal import Messaging
package import StrictJSON

/// An entry as an event of the class API Activity (6003) of the Open Cybersecurity Schema Framework.
package struct OCSFEvent: Sendable, Hashable {
    /// The version of the schema, not of this program.
    private static let schemaVersion = "1.3.0"
    private static let classID = 6003

    /// The object of the event.
    package let value: JSONValue

    /// - Parameter version: that of this program.
    package init(_ entry: AuditEntry, version: String) {
        let fields = OCSFFields(entry)
        let activity = Activity(entry)
        let severity = Severity(entry)
        let status = Status(entry)
        var members = [
            JSONMember("class_uid", .number(String(OCSFEvent.classID))),
            JSONMember("class_name", .string("API Activity")),
            JSONMember("category_uid", .number("6")),
            JSONMember("category_name", .string("Application Activity")),
            JSONMember("activity_id", .number(String(activity.rawValue))),
            JSONMember("activity_name", .string(activity.name)),
            JSONMember("type_uid", .number(String(OCSFEvent.classID * 100 + activity.rawValue))),
            JSONMember("type_name", .string("API Activity: \(activity.name)")),
            JSONMember("severity_id", .number(String(severity.rawValue))),
            JSONMember("severity", .string(severity.name)),
            JSONMember("status_id", .number(String(status.rawValue))),
            JSONMember("status", .string(status.name)),
        ]
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONMember(name, value)) }
        }
        add("status_detail", fields.text("reason"))
        add("time", entry.record.time.map { OCSFEvent.milliseconds($0) })
        add("end_time", entry.outcome?.time.map { OCSFEvent.milliseconds($0) })
        add("duration", fields.integer("latency_us").map { .number(String($0 / 1000)) })
        add("metadata", fields.metadata(schema: OCSFEvent.schemaVersion, product: version))
        add("actor", fields.actor)
        add("api", fields.api)
        add("src_endpoint", fields.source)
        add("http_response", fields.integer("status").map { .object([JSONMember("code", .number(String($0)))]) })
        add("resources", fields.resources)
        add("unmapped", fields.unmapped)
        value = .object(members)
    }

    private static func milliseconds(_ microseconds: Int64) -> JSONValue {
        .number(String(microseconds / 1000))
    }

    /// What was done to a resource.
    private enum Activity: Int {
        case unknown = 0
        case create = 1
        case read = 2
        case update = 3
        case delete = 4
        case other = 99

        init(_ entry: AuditEntry) {
            switch entry.record.kind {
            case .intent, .outcome, .attempt: self = .create
            case .read, .reconciliation, .look: self = .read
            case .erasure, .pruning: self = .delete
            case .userTokens:
                self = ["deleted", "revoked"].contains(entry.record["reason"]) ? .delete : .create
            case .refusal:
                let permission = entry.record["operation"].flatMap(Permission.init(rawValue:))
                self = permission.map { $0 == .read ? .read : .create } ?? .unknown
            case .configuration: self = .update
            case .loss, .deferral: self = .other
            case nil: self = .unknown
            }
        }

        var name: String {
            switch self {
            case .unknown: "Unknown"
            case .create: "Create"
            case .read: "Read"
            case .update: "Update"
            case .delete: "Delete"
            case .other: "Other"
            }
        }
    }

    /// How much an event asks for attention.
    private enum Severity: Int {
        case informational = 1
        case low = 2
        case medium = 3

        /// Somebody has to look where nobody knows what became of a message, and where the trail has holes.
        init(_ entry: AuditEntry) {
            let outcome = entry.outcomeRecord?["outcome"].flatMap(Outcome.init(rawValue:))
            self =
                switch entry.record.kind {
                case .refusal: .low
                case .read: entry.record["reason"] == nil ? .informational : .low
                case .loss, nil: .medium
                case .intent, .outcome, .attempt, .deferral, .reconciliation, .erasure, .pruning, .userTokens,
                    .configuration, .look:
                    switch outcome {
                    case .unknown: .medium
                    case .notSent: .low
                    case .sent, nil: .informational
                    }
                }
        }

        var name: String {
            switch self {
            case .informational: "Informational"
            case .low: "Low"
            case .medium: "Medium"
            }
        }
    }

    /// Whether what was called for was done.
    private enum Status: Int {
        case unknown = 0
        case success = 1
        case failure = 2

        /// What is not known is never called a success or a failure.
        init(_ entry: AuditEntry) {
            self =
                switch entry.record.kind {
                case .intent, .outcome:
                    switch entry.outcomeRecord?["outcome"].flatMap(Outcome.init(rawValue:)) {
                    case .sent: .success
                    case .notSent: .failure
                    case .unknown, nil: .unknown
                    }
                case .read: entry.record["reason"] == nil ? .success : .failure
                case .refusal, .deferral, .loss: .failure
                case .userTokens: entry.record["reason"] == "refresh-refused" ? .failure : .success
                case .attempt, .reconciliation, .erasure, .pruning, .configuration, .look: .success
                case nil: .unknown
                }
        }

        var name: String {
            switch self {
            case .unknown: "Unknown"
            case .success: "Success"
            case .failure: "Failure"
            }
        }
    }
}
