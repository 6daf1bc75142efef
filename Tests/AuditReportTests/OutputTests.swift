@testable import AuditReport
import Journal
import Messaging
import StrictJSON
import Testing

/// What people and other systems get to see.
@Suite struct OutputTests {
    private static let hostile = "\u{1B}]0;x\u{7}\u{202E}\u{9B}\r\n\u{F0000}"

    /// A record that no gateway writes: only a tampered journal has one.
    private func entry(_ members: [(String, JSONValue)]) -> AuditEntry {
        let body = JSONWriter.bytes(.object(members.map { JSONMember($0.0, $0.1) }))
        return AuditEntry(AuditRecord(StoredRecord(number: 7, body: body, link: MerkleTree.emptyRoot)))
    }

    private func sent() throws -> AuditEntry {
        let trail = try SampleTrail()
        try trail.send(conversation: "c1")
        return try EntryReader(archive: trail.archive).entries(limit: 1).entries[0]
    }

    @Test func `a table has its columns below one another`() throws {
        let trail = try SampleTrail()
        try trail.send(caller: "a-caller-with-a-long-name", conversation: "c1")
        try trail.refuse(caller: nil)
        try trail.lose(12)
        try trail.accept(user: "someone")
        let lines = EntryTable.lines(try EntryReader(archive: trail.archive).entries(limit: 10).entries)
        #expect(lines.count == 5)
        for title in ["kind", "message", "caller", "operation", "to", "outcome"] {
            let column = try #require(lines[0].firstRange(of: "  " + title)).lowerBound
            let offset = lines[0].distance(from: lines[0].startIndex, to: column)
            for line in lines { #expect(Array(line)[offset...offset + 1] == [" ", " "], "\(line)") }
        }
        #expect(lines[1].contains("user someone") && lines[1].contains("none"))
        #expect(lines[2].contains("loss") && lines[2].contains("count 12"))
        #expect(lines.allSatisfy { $0.last != " " })
    }

    @Test func `no view lets a control character through`() throws {
        let names = [
            "at", "kind", "caller", "conversation", "user", "outcome", "reason", "peer", "operation", "message",
        ]
        let hostile = entry(names.map { ($0, .string(OutputTests.hostile)) } + [(OutputTests.hostile, .null)])
        let outputs =
            EntryTable.lines([hostile])
            + [
                EntryJSON.line(hostile), String(EntryCSV.line(hostile).dropLast()),
                EntryJSON.text(OCSFEvent(hostile, version: "1").value),
            ]
        for output in outputs { #expect(output.unicodeScalars.allSatisfy(TerminalText.isPrintable), "\(output)") }
    }

    @Test func `a line of JSON has the members of both records`() throws {
        let line = EntryJSON.line(try sent())
        let value = try JSONParser.parse(Array(line.utf8))
        #expect(value.repeatedMembers().isEmpty)
        #expect(value["seq"] == .number("1"))
        #expect(value["kind"] == .string("intent"))
        #expect(value["outcome"] == .string("sent"))
        #expect(value["attempts"] == .number("1"))
        #expect(value["status"] == .number("200"))
        #expect(value["latency_us"] == .number("4321"))
        #expect(value["at"] == .string("2026-11-22T00:00:00.000000Z"))
        #expect(value["decided_at"] == .string("2026-11-22T00:00:01.000000Z"))
        #expect(value["content_erased"] == .bool(false))
    }

    @Test func `an escaped line of JSON is the same value`() throws {
        let hostile = entry([("caller", .string(OutputTests.hostile + "سلام 🙂"))])
        let value = try JSONParser.parse(Array(EntryJSON.line(hostile).utf8))
        #expect(value["caller"] == .string(OutputTests.hostile + "سلام 🙂"))
        #expect(EntryJSON.line(hostile).contains("سلام 🙂"))
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", #"'\u{9}x"#),
        ("\rx", #"'\u{D}x"#), ("＝1", "'＝1"), ("a=1", "a=1"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
        ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), ("a\r\nb", #"a\u{D}\u{A}b"#),
    ])
    func `no cell is a formula or breaks out`(text: String, cell: String) {
        #expect(EntryCSV.cell(text) == cell)
    }

    @Test func `every line of CSV has as many cells as the header`() throws {
        let header = EntryCSV.header
        #expect(header.hasSuffix("\r\n"))
        let count = header.split(separator: ",").count
        let entries = [try sent(), entry([("caller", .string("a,\"b\"\n,")), ("user", .string("=,,"))])]
        for entry in entries {
            let line = EntryCSV.line(entry)
            #expect(line.hasSuffix("\r\n"))
            #expect(cells(of: String(line.dropLast())).count == count)
        }
        #expect(cells(of: String(EntryCSV.line(entries[1]).dropLast()))[4] == #"a,"b"\u{A},"#)
    }

    @Test func `an event has what OCSF requires of API activity`() throws {
        let value = OCSFEvent(try sent(), version: "0.1.0").value
        #expect(value["class_uid"] == .number("6003"))
        #expect(value["category_uid"] == .number("6"))
        #expect(value["type_uid"] == .number("600301"))
        #expect(value["severity_id"] == .number("1"))
        #expect(value["status_id"] == .number("1"))
        #expect(value["time"] == .number("1795305600000"))
        #expect(value["metadata"]?["version"] == .string("1.3.0"))
        #expect(value["metadata"]?["product"]?["version"] == .string("0.1.0"))
        #expect(value["actor"]?["user"]?["name"] == .string("billing"))
        #expect(value["api"]?["operation"] == .string("bot message to a conversation"))
        #expect(value["api"]?["response"]?["code"] == .number("200"))
        #expect(value["src_endpoint"]?["ip"] == .string("127.0.0.1"))
        #expect(value["src_endpoint"]?["port"] == .number("40000"))
        #expect(value["resources"]?.arrayValue?.first?["uid"] == .string("c1"))
        #expect(value["unmapped"]?["latency_us"] == .number("4321"))
        #expect(value.repeatedMembers().isEmpty)
    }

    @Test(arguments: [
        ("[::1]:80", "::1"), ("10.0.0.1:1", "10.0.0.1"), ("unix", nil), ("uid:1000", nil), ("", nil),
        ("a.b.c.d:1", nil),
    ])
    func `an address is taken for one only where it is one`(peer: String, address: String?) {
        let value = OCSFEvent(entry([("kind", .string("read")), ("peer", .string(peer))]), version: "1").value
        #expect(value["src_endpoint"]?["ip"]?.stringValue == address)
        #expect(address != nil || value["src_endpoint"]?["name"] == .string(peer))
    }

    @Test(arguments: [
        ("intent", 1), ("read", 2), ("erasure", 4), ("pruning", 4), ("loss", 99), ("refusal", 0), ("nonsense", 0),
    ])
    func `every kind of record is an activity`(kind: String, activity: Int) {
        let value = OCSFEvent(entry([("kind", .string(kind))]), version: "1").value
        #expect(value["activity_id"] == .number(String(activity)))
        #expect(value["type_uid"] == .number(String(600_300 + activity)))
        for name in ["metadata", "actor", "api", "src_endpoint", "severity_id"] { #expect(value[name] != nil) }
    }

    @Test func `an export has a line for each entry, oldest first`() throws {
        let trail = try SampleTrail()
        for index in 0..<5 { try trail.send(conversation: "c\(index)") }
        for format in ExportFormat.allCases {
            var lines: [String] = []
            var steps: [Int] = []
            let reader = EntryReader(archive: trail.archive, step: 3)
            let count = try EntryExport(format, version: "1").run(reader, progress: { done, _ in steps.append(done) }) {
                lines.append($0)
            }
            #expect(count == 5)
            #expect(lines.count == (format == .csv ? 6 : 5))
            #expect(lines.allSatisfy { $0.hasSuffix("\n") || $0.hasSuffix("\r\n") })
            #expect(steps == [3, 6, 9, 10])
            #expect(lines[lines.count - 5].contains("c0") && lines[lines.count - 1].contains("c4"))
        }
    }

    /// Reads a line as RFC 4180 says.
    private func cells(of line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        var wasQuoted = false
        for character in line {
            if character == "\"" {
                // Two in a row within quotes are one that is meant.
                if wasQuoted { cells[cells.count - 1].append(character) }
                wasQuoted = isQuoted
                isQuoted.toggle()
            } else {
                wasQuoted = false
                if character == ",", !isQuoted { cells.append("") } else { cells[cells.count - 1].append(character) }
            }
        }
        return cells
    }
}
