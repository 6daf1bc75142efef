internal import AuditReport
private import Journal
private import Messaging
private import StrictJSON

/// Calls that were searched for.
struct TrailPage: Sendable {
    struct Field: Sendable {
        let name: String
        let label: String
        let hint: String
        let value: String
    }

    struct Choice: Sendable {
        let name: String
        let isCurrent: Bool
    }

    struct Entry: Sendable {
        let number: Int
        let href: String
        let time: String
        let kind: String
        let caller: String
        let to: String
        let word: String
        let tone: String
        let reason: String
        let endpoint: String
    }

    let frame: PageFrame
    let fields: [Field]
    let outcomes: [Choice]
    let kinds: [Choice]
    let entries: [Entry]
    let hasEntries: Bool
    /// Where the next page is.
    let next: String?
    let nothing: String
    let problem: String?

    private static let inputs = [
        ("conversation", "Conversation", ""), ("user", "User", ""), ("caller", "Caller", "billing"),
        ("message", "Message", "its id"), ("since", "Since", "2h, or 2026-11-24"), ("until", "Until", ""),
    ]

    init(_ frame: PageFrame, _ query: TrailQuery, page: EntryPage?, problem: String? = nil) {
        self.frame = frame
        self.problem = problem
        fields = TrailPage.inputs.map { name, label, hint in
            Field(name: name, label: label, hint: hint, value: query.fields[name] ?? "")
        }
        outcomes = Outcome.allCases.map {
            Choice(name: $0.rawValue, isCurrent: query.fields["outcome"] == $0.rawValue)
        }
        kinds = RecordKind.allCases.map { Choice(name: $0.rawValue, isCurrent: query.fields["kind"] == $0.rawValue) }
        entries = page?.entries.map(TrailPage.entry) ?? []
        hasEntries = !entries.isEmpty
        next = page?.next.map(query.next)
        nothing =
            next == nil
            ? "Nothing in the trail is like that." : "Nothing so far; the search stopped to let others look."
    }

    private static func entry(_ entry: AuditEntry) -> Entry {
        let record = entry.record
        let value = { (name: String) in entry.members.first { $0.name == name }?.value.stringValue ?? "" }
        let message = value("message")
        let tone = OutcomeTone(kind: record.kind, outcome: value("outcome"))
        let user = value("user")
        return Entry(
            number: entry.number, href: message.isEmpty ? "/records/\(entry.number)" : "/messages/\(message)",
            time: Wording.time(value("at")), kind: value("kind"), caller: value("caller"),
            to: user.isEmpty ? value("conversation") : user, word: tone.word, tone: tone.tone,
            reason: value("reason"), endpoint: value("endpoint"))
    }
}
