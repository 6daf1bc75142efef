internal import Journal
internal import Messaging

/// Where a log says that a message was erased.
enum ErasureTrace: CustomStringConvertible {
    /// A record names the message.
    case recorded(Int)
    /// None does, but from that record on messages were erased by their age.
    case byAge(from: Int)
    /// Somebody took the key away from the journal by other means.
    case unrecorded

    /// - Parameter number: that of the message's intent.
    init(of message: MessageID, behind number: Int, in archive: any JournalArchive) throws {
        self = .unrecorded
        let last = try archive.lastNumber()
        guard number < last else { return }
        var found = ErasureTrace.unrecorded
        let walk = RecordWalk(archive: archive, part: RecordPattern.bytes("kind", RecordKind.erasure.rawValue))
        try walk.up(number + 1...last) { _, records in
            for record in records.map(AuditRecord.init) where record.kind == .erasure {
                if record.message == message {
                    found = .recorded(record.number)
                    return false
                }
                if case .unrecorded = found, record["message"] == nil { found = .byAge(from: record.number) }
            }
            return true
        }
        self = found
    }

    var description: String {
        switch self {
        case .recorded(let number): "record \(number) says so"
        case .byAge(let number): "by its age, it seems: from record \(number) on messages were"
        case .unrecorded: "NO record says so"
        }
    }
}
