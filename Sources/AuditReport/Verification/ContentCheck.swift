internal import Journal
private import Messaging

/// Opens contents that are kept, and compares them with the commitments of their intents.
struct ContentCheck {
    /// What can be said of one content.
    enum Verdict {
        /// None is kept: it never was, or it was erased.
        case none
        case matches
        /// Its master key is not at hand.
        case sealed
        /// It can't be opened, or is another than the one that was committed to.
        case differs
    }

    private let sealer: ContentSealer
    private let masters: Set<String>

    init(masterKeys: [MasterKey]) {
        sealer = ContentSealer(masterKeys: masterKeys)
        masters = Set(masterKeys.map(\.id))
    }

    /// - Parameter life: what is kept of the intent's message.
    func verdict(on intent: StoredRecord, life: MessageLife?) -> Verdict {
        guard let life, let sealed = life.sealed, sealed.content != nil else { return .none }
        if let master = sealed.master, !masters.contains(master) { return .sealed }
        guard life.intent == intent.body, let key = sealer.recordKey(sealed, of: life.message),
            let content = sealer.content(sealed, of: life.message),
            let commitment = AuditRecord(intent)["commitment"].flatMap(Commitment.init(hexadecimal:)),
            commitment.holds(for: content, key: key)
        else { return .differs }
        return .matches
    }

    /// The content; nil where none is kept or it can't be opened.
    func content(of life: MessageLife) -> [UInt8]? {
        life.sealed.flatMap { sealer.content($0, of: life.message) }
    }
}
