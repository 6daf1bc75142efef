internal import AuditReport
private import Journal
internal import Messaging

/// Which calls an `audit` command is about, as it was typed; what is nil doesn't matter.
package struct AuditQuery: Sendable {
    package var message: String?
    package var conversation: String?
    package var user: String?
    package var outcome: String?
    package var caller: String?
    package var kind: String?
    package var since: String?
    package var until: String?

    package init() {}

    func filter(now: Int64 = AuditTime.now) throws(AuditUsageError) -> EntryFilter {
        var filter = EntryFilter()
        filter.message = try AuditQuery.message(message, option: "--message")
        (filter.conversation, filter.user, filter.caller) = (conversation, user, caller)
        if let outcome {
            filter.outcome = Outcome(rawValue: outcome)
            if filter.outcome == nil { throw oneOf(Outcome.allCases.map(\.rawValue), option: "--outcome") }
        }
        if let kind {
            // An outcome is listed with its intent.
            let kinds = RecordKind.allCases.filter { $0 != .outcome }
            filter.kind = kinds.first { $0.rawValue == kind }
            if filter.kind == nil { throw oneOf(kinds.map(\.rawValue), option: "--kind") }
        }
        if let since { filter.since = try AuditTime.read(since, option: "--since", now: now) }
        if let until { filter.until = try AuditTime.read(until, option: "--until", now: now) }
        return filter
    }

    static func message(_ text: String?, option: String) throws(AuditUsageError) -> MessageID? {
        guard let text else { return nil }
        guard let message = MessageID(text) else {
            throw AuditUsageError("\(option) takes the id of a message, such as 019ab2c4-…")
        }
        return message
    }

    private func oneOf(_ names: [String], option: String) -> AuditUsageError {
        AuditUsageError("\(option) takes one of \(names.joined(separator: ", "))")
    }
}
