private import AuditReport
internal import Custody
private import Messaging
private import StrictJSON

/// A caller as `caller list` prints it: a line for each thing that it is known by.
struct ListedCaller {
    private struct Evidence {
        var known: String
        var name: String?
        var expires: Int64?
        var isExpired = false
        var used: Int64?
    }

    private static let titles = ["caller", "app", "may", "as", "known by", "name", "expires", "last used", "in"]

    private let entry: CallerEntry
    private let isInFile: Bool
    private let used: Int64?
    private let evidence: [Evidence]

    init(_ entry: CallerEntry, isInFile: Bool, uses: CallerUses, now: Int64) {
        (self.entry, self.isInFile, used) = (entry, isInFile, uses.callers[entry.name])
        let keys = entry.keys.enumerated().map { index, key in
            Evidence(
                known: "key \(index + 1) \(key.digest.hexadecimal.prefix(CallerBook.shownDigits))", name: key.name,
                expires: key.expires, isExpired: key.isExpired(at: now), used: uses.keys[key.digest]
            )
        }
        evidence =
            keys + entry.userIDs.map { Evidence(known: "user \($0)") }
            + entry.certificates.map { Evidence(known: $0.description) }
    }

    static func table(_ callers: [ListedCaller]) -> [String] {
        let rows = [titles] + callers.flatMap(\.rows)
        let widths = titles.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return padded.dropLast().joined(separator: "  ") + "  " + (row.last ?? "")
        }
    }

    private var may: [String] { Permission.allCases.filter(entry.permissions.contains).map(\.rawValue) }
    private var senders: [String] { MessageSender.allCases.filter(entry.senders.contains).map(\.rawValue) }
    private var place: String { isInFile ? "callers_file" : "configuration" }

    private var rows: [[String]] {
        let evidence = evidence.isEmpty ? [Evidence(known: "-")] : evidence
        return evidence.map { item in
            [
                entry.name.text, entry.app.text, may.joined(separator: ","), senders.joined(separator: ","),
                item.known, item.name ?? "-",
                item.expires.map { CallerTime.text($0) + (item.isExpired ? " (expired)" : "") } ?? "-",
                (item.used ?? (entry.keys.isEmpty ? used : nil)).map(CallerTime.text) ?? "-", place,
            ].map(TerminalText.safe)
        }
    }

    var json: String {
        let keys = zip(entry.keys, evidence).map { key, item in
            JSONValue.object([
                JSONMember("sha256", .string(key.digest.hexadecimal)), JSONMember("name", ListedCaller.text(key.name)),
                JSONMember("expires", ListedCaller.time(key.expires)),
                JSONMember("last_used", ListedCaller.time(item.used)),
            ])
        }
        let members = [
            JSONMember("caller", .string(entry.name.text)), JSONMember("app", .string(entry.app.text)),
            JSONMember("may", .array(may.map(JSONValue.string))),
            JSONMember("as", .array(senders.map(JSONValue.string))), JSONMember("keys", .array(keys)),
            JSONMember("users", .array(entry.userIDs.map { .number(String($0)) })),
            JSONMember("certificates", .array(entry.certificates.map { .string($0.description) })),
            JSONMember("last_used", ListedCaller.time(used)), JSONMember("in", .string(place)),
        ]
        return String(decoding: JSONWriter.bytes(.object(members)), as: UTF8.self)
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    private static func time(_ seconds: Int64?) -> JSONValue { text(seconds.map(CallerTime.text)) }
}
