@testable import AuditReport
import Journal
import Messaging
import SeededCases
import StrictJSON
import Testing

@Suite struct EntryReaderTests {
    @Test func `pages of every size show each call once, in random logs under random filters`() throws {
        var random = SplitMix64()
        for number in 0..<40 {
            let trail = try RandomTrail(&random)
            for _ in 0..<4 {
                let filter = trail.filter(&random)
                let reader = EntryReader(archive: trail.archive, filter: filter, step: 1 + random.below(12))
                let expected = trail.expected(filter)
                let listed = try pages(of: reader, limit: 1 + random.below(7))
                #expect(listed.count == Set(listed.map(\.number)).count, "\(replay(number)): \(filter)")
                #expect(Set(listed) == expected, "\(replay(number)): \(filter)")
                var ascending: [AuditEntry] = []
                try reader.forEach { ascending.append($0) }
                #expect(ascending == listed.reversed(), "\(replay(number)): \(filter)")
            }
        }
    }

    @Test func `what is appended between two pages moves nothing`() throws {
        var random = SplitMix64()
        for number in 0..<60 {
            let trail = try RandomTrail(&random)
            let filter = trail.filter(&random)
            let before = trail.expected(filter)
            let reader = EntryReader(archive: trail.archive, filter: filter, step: 5)
            var listed: [Int] = []
            var page = try reader.entries(limit: 3)
            while true {
                listed += page.entries.map(\.number)
                try trail.append(&random, count: 3)
                guard let next = page.next else { break }
                page = try reader.entries(below: next, limit: 3)
            }
            #expect(listed.count == Set(listed).count, "\(replay(number)): \(filter)")
            let missed = Set(before.map(\.number)).subtracting(listed)
            // Only a filter by outcome can make a call leave the listing's reach, and outcomes don't change.
            #expect(missed.isEmpty, "\(replay(number)): \(filter)")
        }
    }

    @Test func `without a filter the newest record comes first`() throws {
        let trail = try SampleTrail()
        let first = try trail.accept(conversation: "c1")
        let second = try trail.accept(conversation: "c2")
        try trail.close(second)
        try trail.close(first, .unknown, reason: "divar-timeout")
        try trail.read(conversation: "c1")
        let entries = try EntryReader(archive: trail.archive).entries(limit: 10).entries
        #expect(entries.map(\.number) == [5, 2, 1])
        #expect(entries.map { $0.outcome?["outcome"] } == [nil, "sent", "unknown"])
    }

    @Test func `a call is found by the conversation that only its outcome names`() throws {
        let trail = try SampleTrail()
        let message = try trail.accept(user: "someone")
        try trail.send(conversation: "other")
        try trail.close(message, conversation: "named")
        var filter = EntryFilter()
        filter.conversation = "named"
        let entries = try EntryReader(archive: trail.archive, filter: filter).entries(limit: 10).entries
        #expect(entries.map(\.number) == [1])
        #expect(entries.first?.members.first { $0.name == "conversation" }?.value == .string("named"))
    }

    @Test func `an outcome whose intent was pruned stands for itself`() throws {
        let trail = try SampleTrail()
        let message = try trail.accept(conversation: "c1")
        try trail.sign()
        try trail.close(message)
        try trail.prune(to: 1)
        for isSwept in [false, true] {
            if isSwept { trail.archive.sweep() }
            let reader = EntryReader(archive: trail.archive, filter: EntryFilter())
            #expect(try reader.entries(limit: 10).entries.map(\.record.kind) == [.pruning, .outcome])
            var filter = EntryFilter()
            filter.kind = .intent
            filter.message = message
            #expect(try EntryReader(archive: trail.archive, filter: filter).entries(limit: 10).entries.count == 1)
        }
    }

    @Test func `clocks that were set back by less than an hour lose nothing`() throws {
        let trail = try SampleTrail()
        let begin = trail.now
        for index in 0..<60 {
            trail.now = begin + Int64(index) * 60_000_000 - (index.isMultiple(of: 3) ? 3_000_000_000 : 0)
            try trail.read(conversation: "c\(index)")
        }
        var filter = EntryFilter()
        filter.since = begin + 20 * 60_000_000
        filter.until = begin + 40 * 60_000_000
        let expected = (0..<60).filter { index in
            (20..<40).contains(index - (index.isMultiple(of: 3) ? 50 : 0))
        }
        let reader = EntryReader(archive: trail.archive, filter: filter, step: 2)
        var found: [Int] = []
        try reader.forEach { found.append($0.number - 1) }
        #expect(found == expected)
        #expect(try pages(of: reader, limit: 4).map { $0.number - 1 } == expected.reversed())
    }

    @Test func `an outcome that a restart recorded days later belongs to its intent's time`() throws {
        let trail = try SampleTrail()
        let begin = trail.now
        let message = try trail.accept(conversation: "c1")
        trail.now += 3 * 86_400_000_000
        for _ in 0..<5 { try trail.read(conversation: "c2") }
        try trail.close(message, .unknown, reason: "crash")
        var filter = EntryFilter()
        filter.outcome = .unknown
        filter.until = begin + 60_000_000
        var found: [AuditEntry] = []
        try EntryReader(archive: trail.archive, filter: filter, step: 1).forEach { found.append($0) }
        #expect(found.map(\.record.message) == [message])
    }

    @Test func `a search for what is recent reads no more than it has to`() throws {
        let trail = try SampleTrail()
        for index in 0..<400 {
            try trail.read(conversation: "c\(index)")
            trail.now += 600_000_000
        }
        var reads = 0
        trail.archive.beforeReading = { reads += 1 }
        var filter = EntryFilter()
        filter.since = trail.now - 3_600_000_000
        let reader = EntryReader(archive: trail.archive, filter: filter, step: 10)
        #expect(try reader.entries(limit: 100).entries.count == 5)
        var count = 0
        try reader.forEach { _ in count += 1 }
        #expect(count == 5)
        #expect(reads < 20)
    }

    @Test func `a table of messages that was tampered with invents no outcome`() throws {
        let trail = try SampleTrail()
        let refused = try trail.send(conversation: "c1", outcome: .notSent)
        try trail.send(conversation: "c1")
        trail.archive.rows[refused]?.outcome = 4
        let entries = try EntryReader(archive: trail.archive).entries(limit: 10).entries
        #expect(entries.map { $0.outcome?["outcome"] } == ["sent", nil])
    }

    @Test func `bodies that are no records are shown as unreadable`() throws {
        let trail = try SampleTrail.reads(3)
        trail.archive.stored[0].body = [0xFF]
        trail.archive.stored[1].body = Array(#"{"kind":"read","kind":"loss"}"#.utf8)
        let entries = try EntryReader(archive: trail.archive).entries(limit: 10).entries
        #expect(entries.map(\.record.kind) == [.read, nil, nil])
        #expect(EntryTable.lines(entries).count == 4)
    }

    @Test func `a forged number far away ends a listing instead of keeping it busy`() throws {
        let trail = try SampleTrail.reads(3)
        trail.archive.stored[2].number = .max
        var filter = EntryFilter()
        filter.since = 0
        #expect(throws: JournalStoreError.self) {
            try EntryReader(archive: trail.archive, filter: filter).forEach { _ in }
        }
        #expect(throws: JournalStoreError.self) {
            try EntryReader(archive: trail.archive).entries(limit: 10)
        }
    }

    private func pages(of reader: EntryReader, limit: Int) throws -> [AuditEntry] {
        var page = try reader.entries(limit: limit)
        var entries = page.entries
        while let next = page.next {
            page = try reader.entries(below: next, limit: limit)
            #expect(page.entries.count <= limit)
            entries += page.entries
        }
        return entries
    }
}
