package import Journal
package import Messaging

/// Which calls a listing shows; what is nil doesn't matter.
package struct EntryFilter: Sendable, Hashable {
    package var message: MessageID?
    package var conversation: String?
    package var user: String?
    package var outcome: Outcome?
    package var caller: String?
    /// With `intent`, outcomes are meant, too, whose intents were pruned.
    package var kind: RecordKind?
    /// From that time on, in microseconds since 1970.
    package var since: Int64?
    /// Before that time, in microseconds since 1970.
    package var until: Int64?

    package init() {}

    /// How far a clock may have been set back: records aren't strictly in the order of their times.
    static let clockSlack: Int64 = 3_600_000_000

    /// What at least one record of every call that is admitted contains, the rarest first; nil where nothing is sure.
    var pattern: [UInt8]? {
        if let message { return RecordPattern.bytes("message", message.description) }
        if let conversation { return RecordPattern.bytes("conversation", conversation) }
        if let user { return RecordPattern.bytes("user", user) }
        if let outcome { return RecordPattern.bytes("outcome", outcome.rawValue) }
        if let caller { return RecordPattern.bytes("caller", caller) }
        // Every other record is an intent: there is little to be won, and outcomes without intents would be lost.
        if let kind, kind != .intent { return RecordPattern.bytes("kind", kind.rawValue) }
        return nil
    }

    package func admits(_ entry: AuditEntry) -> Bool {
        let record = entry.record
        let outcome = entry.outcomeRecord
        guard message == nil || record.message == message,
            conversation == nil || record["conversation"] == conversation || outcome?["conversation"] == conversation,
            user == nil || record["user"] == user,
            self.outcome == nil || outcome?["outcome"] == self.outcome?.rawValue,
            caller == nil || record["caller"] == caller,
            kind == nil || record.kind == kind || (kind == .intent && record.kind == .outcome)
        else { return false }
        return admitsTime(of: record)
    }

    /// Whether the time of an entry's record is one that is asked for.
    func admitsTime(of record: AuditRecord) -> Bool {
        guard since != nil || until != nil else { return true }
        guard let time = record.time else { return false }
        return time >= since ?? .min && time < until ?? .max
    }

    /// Whether nothing at or before a record of that time can be admitted.
    func isPast(_ time: Int64?) -> Bool {
        guard let since, let time else { return false }
        return time < since - EntryFilter.clockSlack
    }

    /// Whether an ascending search may end by the time of records. Not where calls are found by their outcomes: that
    /// of a call that a crash interrupted was recorded when the gateway was started again, perhaps days later.
    var endsByTime: Bool {
        until != nil && (outcome == nil || message != nil || conversation != nil || user != nil)
    }

    /// Whether nothing at or behind a record of that time can be admitted.
    func isAhead(of time: Int64?) -> Bool {
        guard let until, let time else { return false }
        return time >= until + EntryFilter.clockSlack
    }
}
