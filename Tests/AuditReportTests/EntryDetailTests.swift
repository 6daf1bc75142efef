import AuditReport
import Journal
import Messaging
import Testing

@Suite struct EntryDetailTests {
    private func lines(_ name: RecordName, in trail: SampleTrail, masters: [MasterKey] = []) throws -> [String] {
        try #require(try EntryDetail.find(name, in: trail.archive, masterKeys: masters, key: trail.key)).lines
    }

    private func content(of message: MessageID, in trail: SampleTrail) throws -> String {
        let line = try lines(.message(message), in: trail).first { $0.hasPrefix("content") }
        return String(try #require(line).dropFirst("content ".count).drop { $0 == " " })
    }

    @Test func `a message is shown with both records and what proves them`() throws {
        let trail = try SampleTrail()
        let message = try trail.send(conversation: "c1")
        try trail.sign()
        let lines = try lines(.message(message), in: trail)
        for part in [
            "message   \(message)", "outcome   sent", "intent, record 1", "outcome, record 2",
            "  peer          127.0.0.1:40000",
            "  checkpoint    over 2 records, signed by the log's key", "  latency_us  4321",
        ] {
            #expect(lines.contains { $0.hasPrefix(part) }, "\(part)")
        }
        for record in trail.archive.stored {
            #expect(lines.contains { $0.hasSuffix("  \(record.link)") })
            #expect(lines.contains { $0.hasSuffix("  \(MerkleTree.leaf(record.body))") })
        }
        for number in 1...2 { #expect(try self.lines(.number(number), in: trail) == lines) }
        #expect(try content(of: message, in: trail) == "not kept, only the commitment to it")
    }

    @Test func `what stands for itself is shown by its number`() throws {
        let trail = try SampleTrail()
        try trail.lose(7)
        #expect(try lines(.number(1), in: trail).first == "loss, record 1")
        #expect(try lines(.number(1), in: trail).contains { $0.hasSuffix("none covers it yet") })
        #expect(try EntryDetail.find(.number(2), in: trail.archive) == nil)
        #expect(try EntryDetail.find(.message(MessageID(lowestAt: 1)), in: trail.archive) == nil)
    }

    @Test func `a content that is kept is shown where its key is at hand`() throws {
        let trail = try SampleTrail(sealer: ContentSealer(masterKeys: [SampleTrail.master]))
        let message = try trail.accept(conversation: "c1", text: "سلام \u{202E}x")
        #expect(
            try content(of: message, in: trail) == "kept, but the master key \(SampleTrail.master.id) is not at hand")
        let shown = try lines(.message(message), in: trail, masters: [SampleTrail.master])
        #expect(shown.contains("content   kept, and it matches the commitment"))
        #expect(shown.contains(#"  {"text":"سلام \u202ex"}"#))
        trail.archive.rows[message]?.sealed?.content?[20] ^= 1
        let changed = try lines(.message(message), in: trail, masters: [SampleTrail.master])
        #expect(changed.contains("content   kept, but it is NOT the one that was committed to"))
    }

    @Test func `an erasure is shown with the record that says so, or without`() throws {
        let trail = try SampleTrail()
        let first = try trail.send(conversation: "c1")
        let second = try trail.send(conversation: "c2")
        _ = try Erasure(archive: trail.archive, sources: trail.sources, peer: "uid:1").run(.message(first))
        trail.archive.rows[second]?.sealed = nil
        #expect(try content(of: first, in: trail) == "erased; record 5 says so")
        #expect(try content(of: second, in: trail) == "erased; NO record says so")
        var draft = RecordDraft(.erasure)
        draft.reason = RecordReason.retention.rawValue
        draft.count = 1
        let sources = trail.sources
        try trail.archive.commit { head in
            var builder = BatchBuilder(from: head, sources: sources)
            builder.append(draft)
            return builder.batch
        }
        #expect(try content(of: second, in: trail) == "erased; by its age, it seems: from record 6 on messages were")
    }

    @Test func `records are found though the table of messages lies about them`() throws {
        let trail = try SampleTrail()
        let message = try trail.send(conversation: "c1", outcome: .notSent)
        try trail.send(conversation: "c1")
        let shown = try lines(.message(message), in: trail)
        trail.archive.rows[message]?.outcome = 4
        #expect(try lines(.message(message), in: trail) == shown)
        trail.archive.rows[message]?.outcome = nil
        #expect(try lines(.message(message), in: trail) == shown)
        trail.archive.rows[message] = nil
        #expect(
            try lines(.message(message), in: trail).filter { !$0.hasPrefix("content") }
                == shown.filter { !$0.hasPrefix("content") })
    }

    @Test func `a message whose intent was pruned is shown by its outcome`() throws {
        let trail = try SampleTrail()
        let message = try trail.accept(conversation: "c1")
        try trail.sign()
        try trail.close(message)
        try trail.prune(to: 1)
        let before = try lines(.message(message), in: trail)
        trail.archive.sweep()
        #expect(try lines(.message(message), in: trail) == before)
        #expect(before.contains("outcome, record 2"))
        #expect(before.contains("accepted  the intent was removed because of its age"))
        #expect(try EntryDetail.find(.number(1), in: trail.archive) == nil)
    }

    @Test func `a record that was tampered with can not move the cursor`() throws {
        let trail = try SampleTrail.reads(1)
        trail.archive.stored[0].body = Array("{\"kind\":\"\\u001b[2J\",\"\\u009b\":\"\\u202e\"}".utf8)
        for line in try lines(.number(1), in: trail) {
            #expect(TerminalText.safe(line) == line)
        }
    }

    @Test(arguments: [
        ("1", RecordName.number(1)), ("0", nil), ("-1", nil), ("01", nil), ("", nil), ("1 ", nil),
        ("018f0000-0000-7000-8000-000000000000", .message(MessageID("018f0000-0000-7000-8000-000000000000")!)),
        ("018f0000-0000-4000-8000-000000000000", nil),
    ])
    func `a record is called by its number or its message`(text: String, name: RecordName?) {
        #expect(RecordName(text) == name)
    }
}
