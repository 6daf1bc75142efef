package import Journal
internal import Messaging

/// Lists the calls that a filter admits.
///
/// A call stands at its intent where that contains what is searched for, and else at its outcome. Neither ever moves,
/// so pages have no gaps and nothing twice, however much is appended while somebody reads them.
package struct EntryReader {
    private let archive: any JournalArchive
    private let filter: EntryFilter
    private let pattern: [UInt8]?
    private let walk: RecordWalk

    /// - Parameter step: record numbers that are looked at in one go.
    package init(archive: any JournalArchive, filter: EntryFilter = EntryFilter(), step: Int? = nil) {
        self.archive = archive
        self.filter = filter
        pattern = filter.pattern
        walk = RecordWalk(archive: archive, part: pattern, step: step ?? RecordWalk.usualStep)
    }

    /// Gives the newest entries.
    ///
    /// - Parameters:
    ///   - number: only what stands at smaller numbers; from the page before.
    ///   - maximumSteps: after so many steps through the log the page ends, full or not; nil for no such end.
    package func entries(below number: Int? = nil, limit: Int, maximumSteps: Int? = nil) throws -> EntryPage {
        let start = try archive.start().size
        let last = min(try archive.lastNumber(), number.map { max(1, $0) - 1 } ?? .max)
        var entries: [AuditEntry] = []
        var next: Int?
        var steps = 0
        guard start < last, limit > 0 else { return EntryPage(entries: [], next: nil) }
        try walk.down(start + 1...last) { numbers, records in
            for record in records.reversed() {
                guard let entry = try entry(at: record, start: start) else { continue }
                entries.append(entry)
                if entries.count == limit {
                    next = record.number > start + 1 ? record.number : nil
                    return false
                }
            }
            guard try filter.since == nil || !filter.isPast(walk.time(of: numbers.lowerBound)) else { return false }
            steps += 1
            guard let maximumSteps, steps >= maximumSteps, numbers.lowerBound > start + 1 else { return true }
            next = numbers.lowerBound
            return false
        }
        return EntryPage(entries: entries, next: next)
    }

    /// Gives every entry, oldest first.
    ///
    /// - Parameters:
    ///   - numbers: where the entries stand; nil for everywhere.
    ///   - progress: how many numbers were looked at, and how many there are.
    package func forEach(
        in numbers: ClosedRange<Int>? = nil,
        progress: (Int, Int) -> Void = { _, _ in },
        _ body: (AuditEntry) throws -> Void
    ) throws {
        let start = try archive.start().size
        let last = min(try archive.lastNumber(), numbers?.upperBound ?? .max)
        let first = try max(numbers?.lowerBound ?? 1, firstNumber(above: start, last: last))
        guard first <= last else { return }
        try walk.up(first...last) { numbers, records in
            for record in records {
                if let entry = try entry(at: record, start: start) { try body(entry) }
            }
            progress(numbers.upperBound - first + 1, last - first + 1)
            return try !filter.endsByTime || !filter.isAhead(of: walk.time(of: numbers.upperBound))
        }
    }

    /// The entry that stands at a record, if it is admitted.
    private func entry(at stored: StoredRecord, start: Int) throws -> AuditEntry? {
        let record = AuditRecord(stored)
        // What a clock could have set back is looked at, but its message need not be looked up.
        guard record.kind == .outcome || filter.admitsTime(of: record) else { return nil }
        let entry: AuditEntry
        switch record.kind {
        case .intent:
            let life = try record.message.flatMap { message in try archive.life(of: message) }
            entry = AuditEntry(record, outcome: outcome(of: record, in: life), life: life)
        case .outcome:
            // Nothing was pruned, and everything is searched: the intent was or will be met.
            guard start > 0 || pattern != nil else { return nil }
            let life = try record.message.flatMap { message in try archive.life(of: message) }
            if let life, let intent = AuditRecord(body: life.intent), intent.is(.intent, of: life.message),
                intent.number > start
            {
                guard let pattern, !life.intent.contains(pattern) else { return nil }
                entry = AuditEntry(intent, outcome: record, life: life)
            } else {
                entry = AuditEntry(record)
            }
        default:
            entry = AuditEntry(record)
        }
        return filter.admits(entry) ? entry : nil
    }

    private func outcome(of intent: AuditRecord, in life: MessageLife?) -> AuditRecord? {
        guard let life, let outcome = life.outcome.flatMap(AuditRecord.init(body:)),
            outcome.is(.outcome, of: life.message), outcome.number > intent.number
        else { return nil }
        return outcome
    }

    /// Where an ascending search has to begin: found from the end, since what is asked for is mostly recent.
    private func firstNumber(above start: Int, last: Int) throws -> Int {
        guard filter.since != nil, start < last else { return start + 1 }
        return try walk.lowest(start + 1...last) { filter.isPast($0) }
    }
}
