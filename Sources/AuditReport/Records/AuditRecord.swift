package import Journal
package import Messaging
package import StrictJSON

/// A record with its members in reach.
package struct AuditRecord: Sendable, Hashable {
    package let number: Int
    /// In their order; none where the body is not a JSON object without repeated names.
    package let members: [JSONMember]

    package init(_ record: StoredRecord) {
        number = record.number
        members = AuditRecord.members(of: record.body)
    }

    /// Takes the number that the body itself says; nil where it says none.
    package init?(body: [UInt8]) {
        members = AuditRecord.members(of: body)
        guard let number = members.first(where: { $0.name == "seq" })?.value.integerValue else { return nil }
        self.number = number
    }

    /// A member that is a text.
    package subscript(_ name: String) -> String? { value(name)?.stringValue }

    package func integer(_ name: String) -> Int? { value(name)?.integerValue }

    package func value(_ name: String) -> JSONValue? {
        members.first { $0.name.hasSameBytes(as: name) }?.value
    }

    package var kind: RecordKind? { self["kind"].flatMap(RecordKind.init(rawValue:)) }

    package var message: MessageID? { self["message"].flatMap { MessageID($0) } }

    /// When it was made, in microseconds since 1970.
    package var time: Int64? { self["at"].flatMap(RFC3339Time.unixMicroseconds) }

    /// Whether it is the record of that kind and message: a database that was tampered with can name any other for it.
    func `is`(_ kind: RecordKind, of message: MessageID) -> Bool {
        self.kind == kind && self.message == message
    }

    private static func members(of body: [UInt8]) -> [JSONMember] {
        guard let value = try? JSONParser.parse(body), let members = value.objectMembers,
            !value.hasRepeatedMembers
        else { return [] }
        return members
    }
}
