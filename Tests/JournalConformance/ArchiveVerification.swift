package import Journal

/// Verifies a whole log as it is stored, in the steps of `docs/audit-trail.md`.
package enum ArchiveVerification {
    /// Gives the first fault; nil where there is none. Throws where the journal can't be read.
    ///
    /// - Parameter step: records that are read at a time.
    package static func fault(in archive: any JournalArchive, key: VerifierKey, step: Int = 7) throws -> LogFault? {
        let start = try archive.start()
        let checkpoints = try archive.checkpoints().filter { $0.size >= start.size }
        let last = try archive.lastNumber()
        var verifier = LogVerifier(from: start, key: key)
        return try firstFault {
            if start.size > 0 { try verifier.read(prunedHead: checkpoints.first { $0.size == start.size }?.note) }
            for range in ranges(from: start.size, through: last, by: step) {
                for record in try archive.records(range, containing: nil) {
                    try verifier.read(record)
                    guard let checkpoint = checkpoints.first(where: { $0.size == record.number }) else { continue }
                    try verifier.read(checkpoint: checkpoint.note, frontier: checkpoint.frontier)
                }
            }
            if let checkpoint = checkpoints.first(where: { $0.size > verifier.head.size }) {
                try verifier.read(checkpoint: checkpoint.note, beyondEndOf: checkpoint.size)
            }
            try verifier.end(largestCheckpoint: checkpoints.last?.size ?? 0)
        }
    }

    /// The ranges of numbers behind one, ever wider: what somebody put at the largest number there is isn't far off.
    private static func ranges(from start: Int, through last: Int, by step: Int) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var (first, width) = (start, step)
        while first < last {
            let end = last - first > width ? first + width : last
            ranges.append(first + 1...end)
            first = end
            if ranges.count > 100 { width = width > Int.max / 4 ? width : width * 2 }
        }
        return ranges
    }

    private static func firstFault(_ verify: () throws -> Void) throws -> LogFault? {
        do {
            try verify()
            return nil
        } catch let fault as LogFault {
            return fault
        }
    }
}
