package import Messaging
internal import StrictJSON

/// What a record says, before it has its place in a log. What doesn't apply is nil and left out.
package struct RecordDraft: Sendable, Hashable {
    package var kind: RecordKind
    package var message: MessageID?
    /// The message that failed and is sent again as this one.
    package var resends: MessageID?
    package var caller: CallerName?
    /// How the caller is known, such as `key` or `local`.
    package var knownBy: String?
    package var peer: String?
    /// Who looks or changes something on the admin listeners, by the name of the key.
    package var adminName: String?
    package var app: AppName?
    /// An `Operation`, or for a refusal what the caller would have needed to be allowed: `send`, `read`, `upload`.
    package var operation: String?
    package var conversation: String?
    package var user: String?
    /// The user whose kept tokens it is about, or by whose kept token it was called.
    package var tokenUser: String?
    package var endpoint: EndpointName?
    package var traceID: String?
    package var commitment: Commitment?
    /// Until when a message may wait in the queue, and when it is tried again (RFC 3339).
    package var expires: String?
    package var retry: String?
    package var outcome: Outcome?
    package var reconciled: String?
    package var reason: String?
    package var attempts: Int?
    package var status: Int?
    package var code: Int?
    package var latencyMicroseconds: Int?
    package var count: Int?
    /// The last record that is gone.
    package var last: Int?
    /// Keys of the configuration that have another value, with commas between them.
    package var changed: String?

    package init(_ kind: RecordKind) {
        self.kind = kind
    }

    /// The body as it is stored and hashed: every member in the order of `docs/audit-trail.md`.
    package func body(log: LogID, number: Int, id: MessageID, at time: String) -> [UInt8] {
        RecordTail(self).body(log: log, number: number, id: id, at: time)
    }

    /// The members from `kind` on.
    var members: [JSONMember] {
        var members = [JSONMember("kind", .string(kind.rawValue))]
        func add(_ name: String, _ text: String?) {
            if let text { members.append(JSONMember(name, .string(text))) }
        }
        func add(_ name: String, _ number: Int?) {
            if let number { members.append(JSONMember(name, .number(String(number)))) }
        }
        add("message", message?.description)
        add("resends", resends?.description)
        add("caller", caller?.text)
        add("known_by", knownBy)
        add("peer", peer)
        add("operator", adminName)
        add("app", app?.text)
        add("operation", operation)
        add("conversation", conversation)
        add("user", user)
        add("token_user", tokenUser)
        add("endpoint", endpoint?.text)
        add("trace", traceID)
        add("commitment", commitment?.description)
        add("expires", expires)
        add("retry", retry)
        add("outcome", outcome?.rawValue)
        add("reconciled", reconciled)
        add("reason", reason)
        add("attempts", attempts)
        add("status", status)
        add("code", code)
        add("latency_us", latencyMicroseconds)
        add("count", count)
        add("last", last)
        add("changed", changed)
        return members
    }
}
