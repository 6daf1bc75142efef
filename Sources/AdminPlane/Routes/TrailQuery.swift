internal import AuditReport
internal import Journal
private import Foundation
internal import Messaging

/// What somebody looks for in the trail, as it was typed.
struct TrailQuery: Sendable, Hashable {
    static let names = [
        "message", "conversation", "user", "caller", "since", "until", "outcome", "kind", "below", "limit",
    ]
    private static let usualLimit = 50
    private static let maximumLimit = 500

    let fields: FormFields

    struct Reading: Sendable, Hashable {
        var filter = EntryFilter()
        var below: Int?
        var limit = TrailQuery.usualLimit
    }

    /// - Parameter now: in microseconds since 1970.
    func reading(now: Int64) throws(TrailQueryProblem) -> Reading {
        var reading = Reading()
        reading.filter.message = try value("message", "the id of a message") { MessageID($0) }
        reading.filter.conversation = fields["conversation"]
        reading.filter.user = fields["user"]
        reading.filter.caller = fields["caller"]
        reading.filter.outcome = try value("outcome", "sent, not_sent or unknown", Outcome.init(rawValue:))
        reading.filter.kind = try value("kind", "a kind of record", RecordKind.init(rawValue:))
        reading.filter.since = try time("since", now: now)
        reading.filter.until = try time("until", now: now)
        reading.below = try value("below", "the number of a record") { Int($0).flatMap { $0 > 0 ? $0 : nil } }
        let limit = try value("limit", "a number from 1 to \(TrailQuery.maximumLimit)") {
            Int($0).flatMap { (1...TrailQuery.maximumLimit).contains($0) ? $0 : nil }
        }
        reading.limit = limit ?? TrailQuery.usualLimit
        return reading
    }

    /// The same for the page that begins below a record.
    func next(below number: Int) -> String {
        let kept = TrailQuery.names.filter { $0 != "below" }.compactMap { name in
            fields[name].map { "\(name)=\(FormFields.encoded($0))" }
        }
        return "/trail?" + (kept + ["below=\(number)"]).joined(separator: "&")
    }

    private func value<Value>(
        _ name: String,
        _ expectation: String,
        _ parse: (String) -> Value?
    ) throws(TrailQueryProblem) -> Value? {
        guard let text = fields[name] else { return nil }
        guard let value = parse(text) else { throw TrailQueryProblem(field: name, expectation: expectation) }
        return value
    }

    /// An instant, a day, or how long ago.
    private func time(_ name: String, now: Int64) throws(TrailQueryProblem) -> Int64? {
        try value(name, "a time such as 2026-11-24, 2026-11-24T08:00:00Z or 2h (ago)") { text in
            if let time = RFC3339Time.unixMicroseconds(text) ?? RFC3339Time.unixMicroseconds(text + "T00:00:00Z") {
                return time
            }
            let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
            guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
                (0...100_000_000).contains(count)
            else { return nil }
            return now - count * unit * 1_000_000
        }
    }
}
