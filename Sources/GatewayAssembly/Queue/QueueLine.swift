private import AuditReport
internal import Journal
internal import Messaging
private import StrictJSON

/// A message in the queue as a command prints it.
struct QueueLine {
    private static let titles = ["message", "state", "app", "caller", "to", "attempts", "until", "reason"]

    private let cells: [String]

    init(_ queued: QueuedMessage, reason: String?) {
        let state =
            switch queued.state {
            case .waiting: "waiting"
            case .attempting: "sending"
            case .failed: "failed"
            }
        let target = queued.lane.split(separator: "/", maxSplits: 1).last.map(String.init) ?? ""
        cells = [
            queued.message.description, state, queued.app.text, queued.caller.text,
            target.hasPrefix("u:") ? "user \(target.dropFirst(2))" : String(target.dropFirst(2)),
            String(queued.attempts), RFC3339Time.text(unixMicroseconds: queued.expires), reason ?? "-",
        ].map(TerminalText.safe)
    }

    var json: String {
        let members = zip(QueueLine.titles, cells).map { title, cell in
            JSONMember(title, title == "attempts" ? .number(cell) : cell == "-" ? .null : .string(cell))
        }
        return String(decoding: JSONWriter.bytes(.object(members)), as: UTF8.self)
    }

    static func table(_ lines: [QueueLine]) -> [String] {
        let rows = [titles] + lines.map(\.cells)
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return padded.dropLast().joined(separator: "  ") + "  " + (row.last ?? "")
        }
    }
}
