internal import Journal
internal import Messaging

/// What is left of what a message said.
enum ContentState: CustomStringConvertible {
    /// The call had no content.
    case none
    case erased(ErasureTrace)
    /// The content was never kept; with the record key it can be told whether a text was the one.
    case commitment
    /// The master key of that id is not at hand.
    case sealed(String)
    /// It can't be opened, or is another than the one that was committed to.
    case differs
    /// The bytes of the content; they match the commitment.
    case kept([UInt8])

    /// - Parameter intent: nil where it was pruned.
    init(
        of intent: StoredRecord?,
        life: MessageLife?,
        check: ContentCheck,
        archive: any JournalArchive
    ) throws {
        guard let intent, let message = AuditRecord(intent).message, AuditRecord(intent)["commitment"] != nil else {
            self = .none
            return
        }
        guard let life, let sealed = life.sealed else {
            self = .erased(try ErasureTrace(of: message, behind: intent.number, in: archive))
            return
        }
        self =
            switch check.verdict(on: intent, life: life) {
            case .none: .commitment
            case .sealed: .sealed(sealed.master ?? "")
            case .differs: .differs
            case .matches: check.content(of: life).map(ContentState.kept) ?? .differs
            }
    }

    /// Whether there is something that could be opened.
    var isKept: Bool {
        switch self {
        case .kept, .sealed: true
        case .none, .erased, .commitment, .differs: false
        }
    }

    var description: String {
        switch self {
        case .none: "none"
        case .erased(let trace): "erased; \(trace)"
        case .commitment: "not kept, only the commitment to it"
        case .sealed(let master): "kept, but the master key \(master) is not at hand"
        case .differs: "kept, but it is NOT the one that was committed to"
        case .kept: "kept, and it matches the commitment"
        }
    }
}
