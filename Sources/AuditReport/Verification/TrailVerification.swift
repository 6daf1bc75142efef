package import Journal
internal import Messaging

/// Verifies a whole log, step by step as `docs/audit-trail.md` says. The first thing that is wrong is thrown:
/// `LogFault`, `UnsignedLog` or `UnreadableTrail`. Reads a part at a time, also while a gateway writes.
package struct TrailVerification {
    private let archive: any JournalArchive
    private let key: VerifierKey
    private let kept: KeptCheckpoint?
    private let contents: ContentCheck?
    private let step: Int

    /// - Parameters:
    ///   - kept: a checkpoint to compare the log with.
    ///   - masterKeys: opens the contents that are kept, to check them; nil to leave them out.
    ///   - step: records that are read in one go.
    package init(
        archive: any JournalArchive,
        key: VerifierKey,
        kept: KeptCheckpoint? = nil,
        masterKeys: [MasterKey]? = nil,
        step: Int? = nil
    ) {
        self.archive = archive
        self.key = key
        self.kept = kept
        contents = masterKeys.map { ContentCheck(masterKeys: $0) }
        self.step = step ?? RecordWalk.usualStep
    }

    /// Retention prunes a hundredth of an age at a time, so that even once is rare.
    private static let attempts = 5

    /// - Parameter progress: how many records were read, and how many there are to read.
    package func run(progress: (Int, Int) -> Void = { _, _ in }) throws -> VerificationReport {
        for _ in 1..<TrailVerification.attempts {
            let start = try start()
            do {
                return try verify(from: start, progress: progress)
            } catch let fault as LogFault {
                // Records that retention removes meanwhile are missed for nothing.
                guard try self.start().size != start.size else { throw fault }
            }
        }
        return try verify(from: start(), progress: progress)
    }

    private func start() throws -> LogHead {
        do {
            return try archive.start()
        } catch {
            guard error.kind == .corrupt else { throw error }
            throw UnreadableTrail.head
        }
    }

    private func checkpoints() throws -> [StoredCheckpoint] {
        do {
            return try archive.checkpoints()
        } catch {
            guard error.kind == .corrupt else { throw error }
            throw UnreadableTrail.checkpoints
        }
    }

    private func verify(from start: LogHead, progress: (Int, Int) -> Void) throws -> VerificationReport {
        guard Checkpoint.origin(of: archive.log) == key.name else { throw LogFault.changedHead(start.size) }
        // In this order: what a gateway appends meanwhile is behind the last record that is read.
        let checkpoints = try self.checkpoints().filter { $0.size >= start.size }
        let last = max(start.size, try archive.lastNumber())
        var reading = TrailReading(from: start, key: key, checkpoints: checkpoints, keptSize: kept?.size)
        try reading.begin()
        let (total, overflows) = (last - start.size).multipliedReportingOverflow(by: contents == nil ? 1 : 2)
        try read(upTo: last, into: &reading) { progress($0, overflows ? .max : total) }
        try reading.end()
        if checkpoints.isEmpty { throw UnsignedLog(records: last) }
        var report = VerificationReport()
        (report.pruned, report.size) = (start.size, last)
        (report.signedSize, report.open) = (reading.signedSize, reading.open.count)
        report.kept = try kept?.compare(
            with: reading.found, log: archive.log, key: key, start: start.size, end: last
        )
        if let contents, start.size < last {
            report.contents = try check(contents, start.size + 1...last) { progress(last - start.size + $0, total) }
        }
        return report
    }

    private func read(upTo last: Int, into reading: inout TrailReading, progress: (Int) -> Void) throws {
        let start = reading.size
        var high = start
        var emptySteps = 0
        while high < last {
            let numbers = high + 1...high + min(step, last - high)
            try read(numbers, into: &reading)
            high = numbers.upperBound
            emptySteps = reading.size < high ? emptySteps + 1 : 0
            // A gap shows at the next record; it isn't looked for as far as a forged number pretends that it is.
            guard emptySteps < RecordWalk.emptySteps else { throw LogFault.missing(reading.size + 1...last - 1) }
            progress(high - start)
        }
    }

    /// What an archive can't read is looked for with ever smaller ranges, so that all before it is judged first.
    private func read(_ numbers: ClosedRange<Int>, into reading: inout TrailReading) throws {
        let records: [StoredRecord]
        do {
            records = try archive.records(numbers, containing: nil)
        } catch {
            guard error.kind == .corrupt else { throw error }
            guard numbers.count > 1 else { throw LogFault.changed(numbers.lowerBound) }
            let middle = numbers.lowerBound + numbers.count / 2
            try read(numbers.lowerBound...middle - 1, into: &reading)
            return try read(middle...numbers.upperBound, into: &reading)
        }
        for record in records { try reading.read(record) }
    }

    private func check(
        _ contents: ContentCheck,
        _ numbers: ClosedRange<Int>,
        progress: (Int) -> Void
    ) throws -> VerificationReport.Contents {
        var counts = VerificationReport.Contents()
        let walk = RecordWalk(
            archive: archive, part: RecordPattern.bytes("kind", RecordKind.intent.rawValue), step: step
        )
        try walk.up(numbers) { step, records in
            for record in records {
                switch contents.verdict(on: record, life: try life(of: record)) {
                case .none: break
                case .matches: counts.matching += 1
                case .sealed: counts.sealed += 1
                case .differs: throw LogFault.changed(record.number)
                }
            }
            progress(step.upperBound - numbers.lowerBound + 1)
            return true
        }
        return counts
    }

    /// What is kept of an intent's message. Where that can't be read, the content can't be opened.
    private func life(of intent: StoredRecord) throws -> MessageLife? {
        guard let message = AuditRecord(intent).message else { return nil }
        do {
            return try archive.life(of: message)
        } catch {
            guard error.kind == .corrupt else { throw error }
            throw LogFault.changed(intent.number)
        }
    }
}
