internal import Journal
internal import Messaging

/// Reads a log once, from its start to its end: records and, at their sizes, checkpoints.
struct TrailReading {
    private var verifier: LogVerifier
    private var checkpoints: ArraySlice<StoredCheckpoint>
    private let largestCheckpoint: Int
    private let keptSize: Int?
    private let pruned: Int
    /// Messages that have an intent and no outcome so far.
    private(set) var open: Set<String> = []
    /// What the log says at the size of the checkpoint that was kept elsewhere.
    private(set) var found: Checkpoint?

    /// - Parameter checkpoints: in the order of their sizes.
    init(from start: LogHead, key: VerifierKey, checkpoints: [StoredCheckpoint], keptSize: Int?) {
        verifier = LogVerifier(from: start, key: key)
        self.checkpoints = checkpoints[...]
        largestCheckpoint = checkpoints.last?.size ?? 0
        self.keptSize = keptSize
        pruned = start.size
    }

    var size: Int { verifier.head.size }

    var signedSize: Int { verifier.signedSize }

    mutating func begin() throws(LogFault) {
        if pruned > 0 {
            let first = checkpoints.first.flatMap { $0.size == pruned ? $0 : nil }
            try verifier.read(prunedHead: first?.note)
        }
        try readCheckpoints()
    }

    mutating func read(_ record: StoredRecord) throws(LogFault) {
        try verifier.read(record)
        if let view = RecordView(record.body), let message = view["message"] {
            switch view["kind"].flatMap(RecordKind.init(rawValue:)) {
            case .intent: open.insert(message)
            case .outcome: open.remove(message)
            default: break
            }
        }
        try readCheckpoints()
    }

    mutating func end() throws(LogFault) {
        if let beyond = checkpoints.first { try verifier.read(checkpoint: beyond.note, beyondEndOf: beyond.size) }
        try verifier.end(largestCheckpoint: largestCheckpoint)
    }

    /// Takes in what is for as many records as were read.
    private mutating func readCheckpoints() throws(LogFault) {
        if size == keptSize { found = verifier.head.checkpoint }
        while let checkpoint = checkpoints.first, checkpoint.size == size {
            try verifier.read(checkpoint: checkpoint.note, frontier: checkpoint.frontier)
            checkpoints.removeFirst()
        }
    }
}
