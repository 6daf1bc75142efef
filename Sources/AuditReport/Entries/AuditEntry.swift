internal import Journal
package import StrictJSON

/// One call as an audit tells it: an intent with its outcome, or a record that stands for itself.
package struct AuditEntry: Sendable, Hashable {
    /// The intent, or the record that stands for itself: also an outcome whose intent was pruned.
    package let record: AuditRecord
    /// Nil where there is none yet, and where the record is no intent.
    package let outcome: AuditRecord?
    /// Whether nothing is left by which the content could be told; nil for what had no content.
    package let isContentErased: Bool?

    /// - Parameter life: what is kept of the message where the record is an intent.
    init(_ record: AuditRecord, outcome: AuditRecord? = nil, life: MessageLife? = nil) {
        self.record = record
        self.outcome = outcome
        let hasContent = record.kind == .intent && record["commitment"] != nil
        isContentErased = hasContent ? life?.sealed == nil : nil
    }

    package var number: Int { record.number }

    /// The record that says the outcome, whether it stands with its intent or for itself.
    var outcomeRecord: AuditRecord? { record.kind == .outcome ? record : outcome }

    /// The members of both records as those of one object: the intent's own, then what the outcome adds.
    ///
    /// Where the outcome names another conversation or endpoint, that one counts, and the intent's is kept beside it.
    package var members: [JSONMember] {
        var members = record.members
        func set(_ name: String, _ value: JSONValue) {
            if let index = members.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
                members[index].value = value
            } else {
                members.append(JSONMember(name, value))
            }
        }
        if let outcome {
            for name in ["conversation", "endpoint"] {
                guard let told = outcome.value(name), told != record.value(name) else { continue }
                if let asked = record.value(name) { set("intent_" + name, asked) }
                set(name, told)
            }
            for name in ["outcome", "reason", "attempts", "status", "code", "latency_us"] {
                if let value = outcome.value(name) { set(name, value) }
            }
            if let time = outcome.value("at") { set("decided_at", time) }
        }
        if let isContentErased { set("content_erased", .bool(isContentErased)) }
        return members
    }
}
