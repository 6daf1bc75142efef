internal import Journal
internal import Messaging
internal import StrictJSON

/// The objects of an OCSF event that are made from several members of an entry.
struct OCSFFields {
    private let entry: AuditEntry
    private let members: [JSONMember]

    init(_ entry: AuditEntry) {
        self.entry = entry
        members = entry.members
    }

    func text(_ name: String) -> JSONValue? {
        string(name).map(JSONValue.string)
    }

    func integer(_ name: String) -> Int? { member(name)?.integerValue }

    func metadata(schema: String, product version: String) -> JSONValue {
        object([
            ("version", .string(schema)),
            (
                "product",
                object([
                    ("name", .string("divar-gateway")), ("vendor_name", .string("divar-gateway")),
                    ("version", .string(version)),
                ])
            ),
            ("uid", text("id")),
            ("sequence", .number(String(entry.number))),
            ("event_code", text("kind")),
            ("original_time", text("at")),
            ("log_name", text("log")),
            ("correlation_uid", text("message")),
        ])
    }

    /// Whoever called. The gateway itself where nobody did; a refused call can be one of somebody unknown.
    var actor: JSONValue {
        if let name = text("operator") {
            let user = object([("name", name), ("type", .string("Admin")), ("type_id", .number("2"))])
            return object([("app_name", .string("divar-gateway")), ("user", user)])
        }
        guard let caller = text("caller") else {
            guard entry.record.kind == .refusal else {
                let peer = text("known_by") == nil ? nil : text("peer")
                let user = peer.map { object([("uid", $0), ("type", .string("Admin")), ("type_id", .number("2"))]) }
                return object([("app_name", .string("divar-gateway")), ("user", user)])
            }
            let nobody = object([
                ("name", .string("unknown")), ("type", .string("Unknown")), ("type_id", .number("0")),
            ])
            return object([("user", nobody)])
        }
        let user = object([("name", caller), ("type", .string("System")), ("type_id", .number("3"))])
        return object([("app_name", caller), ("user", user)])
    }

    var api: JSONValue {
        let response = object([
            ("code", integer("status").map { .number(String($0)) }), ("error", text("reason")),
        ])
        return object([
            ("operation", text("operation") ?? text("kind") ?? .string("unknown")),
            ("service", object([("name", text("endpoint") ?? .string("divar-gateway"))])),
            ("request", object([("uid", text("message") ?? text("id") ?? .string(String(entry.number)))])),
            ("response", response == .object([]) ? nil : response),
        ])
    }

    /// The other end of the connection; by name where it has no address.
    var source: JSONValue {
        guard let peer = string("peer") else { return object([("name", .string("divar-gateway"))]) }
        guard let colon = peer.lastIndex(of: ":"), let port = UInt16(peer[peer.index(after: colon)...]) else {
            return object([("name", .string(peer))])
        }
        let host = peer[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let address = isBracketed ? host.dropFirst().dropLast() : host
        guard isBracketed ? address.contains(":") : OCSFFields.isIPv4(address) else {
            return object([("name", .string(peer))])
        }
        return object([("ip", .string(String(address))), ("port", .number(String(port)))])
    }

    /// The conversation and the user that were concerned.
    var resources: JSONValue? {
        let resources = ["conversation", "user"].compactMap { type in
            text(type).map { object([("uid", $0), ("type", .string(type))]) }
        }
        return resources.isEmpty ? nil : .array(resources)
    }

    /// What the schema has no place for, under its own names.
    var unmapped: JSONValue {
        let mapped = [
            "at", "kind", "id", "log", "message", "operation", "conversation", "user", "reason", "status", "caller",
            "peer", "operator",
        ]
        return .object(members.filter { !mapped.contains($0.name) })
    }

    private func string(_ name: String) -> String? { member(name)?.stringValue }

    private func member(_ name: String) -> JSONValue? {
        members.first { $0.name.hasSameBytes(as: name) }?.value
    }

    private func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }

    private static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
