import JournalConformance
import Messaging

@testable import Journal

/// The journal's disk: a batch is on it once its sync is over; a crash loses what wasn't synced, or not.
final class SimulatedDisk {
    enum Result {
        case synced
        /// The commit failed; the batch may be there or not.
        case failed
    }

    let file = InMemoryFile(log: LogID(random: (1, 2)))
    /// In the way of a crash.
    private var underWay: JournalBatch?

    var store: InMemoryJournal { InMemoryJournal(file) }

    func begin(_ batch: JournalBatch) {
        underWay = batch
    }

    /// - Parameter isLost: whether the batch doesn't reach the disk.
    func end(isLost: Bool) throws {
        let batch = underWay
        underWay = nil
        guard let batch, !isLost else { return }
        try write(batch)
    }

    func write(_ batch: JournalBatch) throws {
        try store.commit(lookingUp: []) { _, _ in batch }
    }
}
