import Crypto
import Journal
import Messaging

/// Writes a journal as a gateway does, with a clock that the test sets.
final class SampleTrail {
    static let log = LogID("00112233445566778899aabbccddeeff")!
    static let master = MasterKey([UInt8](repeating: 7, count: MasterKey.length))!

    let archive: ArrayArchive
    let signer: CheckpointSigner
    let sealer: ContentSealer
    /// Microseconds since 1970; 2026-11-22T00:00:00Z at first.
    var now: Int64 = 1_795_305_600_000_000
    private var made: UInt64 = 0

    init(log: LogID = SampleTrail.log, seed: UInt8 = 1, sealer: ContentSealer = ContentSealer()) throws {
        archive = ArrayArchive(log: log)
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: seed, count: 32))
        signer = CheckpointSigner(log: log, key: key)
        self.sealer = sealer
    }

    /// A log of that many reads, with a checkpoint every four records.
    static func reads(_ count: Int) throws -> SampleTrail {
        let trail = try SampleTrail()
        for number in 1...max(1, count) where number <= count {
            try trail.read(conversation: "c\(number)")
            if number.isMultiple(of: 4) { try trail.sign() }
        }
        return trail
    }

    var key: VerifierKey { signer.verifierKey }

    var sources: JournalSources {
        made += 1
        let (now, made) = (now, made)
        return JournalSources(nowMicroseconds: { now }, random: { (made, made) })
    }

    @discardableResult
    func accept(
        caller: String = "billing",
        conversation: String? = nil,
        user: String? = nil,
        text: String = "سلام"
    ) throws -> MessageID {
        let message = sources.makeID(atMicroseconds: now)
        var draft = call(.intent, caller: caller)
        draft.operation = (user == nil ? Operation.botMessageToConversation : .botMessageToUser).rawValue
        (draft.conversation, draft.user) = (conversation, user)
        draft.endpoint = EndpointName("v1.bot.conversation")
        let target =
            user.map { MessageTarget.user(UserID($0)!) } ?? .conversation(ConversationID(conversation ?? "c1")!)
        let intent = try IntentSubmission(
            message: message, record: draft,
            draft: MessageDraft(target: target, sender: .bot, content: .text(text)),
            sealer: sealer, claim: nil
        )
        try write { $0.open(intent) }
        return message
    }

    func close(_ message: MessageID, _ outcome: Outcome = .sent, reason: String? = nil, conversation: String? = nil)
        throws
    {
        var draft = RecordDraft(.outcome)
        draft.message = message
        draft.conversation = conversation
        draft.endpoint = EndpointName("v1.bot.conversation")
        draft.outcome = outcome
        draft.reason = reason
        draft.attempts = 1
        draft.status = outcome == .sent ? 200 : 404
        draft.latencyMicroseconds = 4321
        try write { builder in
            let number = builder.append(draft)
            builder.batch.closed.append(
                ClosedMessage(message: message, outcome: number, conversation: conversation)
            )
        }
    }

    @discardableResult
    func send(caller: String = "billing", conversation: String = "c1", outcome: Outcome = .sent) throws -> MessageID {
        let message = try accept(caller: caller, conversation: conversation)
        try close(message, outcome, reason: outcome == .sent ? nil : "divar-failed")
        return message
    }

    func read(caller: String = "billing", conversation: String) throws {
        var draft = call(.read, caller: caller)
        draft.operation = Operation.readConversation.rawValue
        draft.conversation = conversation
        draft.status = 200
        try write { $0.append(draft) }
    }

    func refuse(caller: String?, reason: String = "not-allowed") throws {
        var draft = call(.refusal, caller: caller)
        draft.operation = Permission.send.rawValue
        draft.reason = reason
        try write { $0.append(draft) }
    }

    func lose(_ count: Int) throws {
        var draft = RecordDraft(.loss)
        draft.reason = RecordReason.pressure.rawValue
        draft.count = count
        try write { $0.append(draft) }
    }

    func sign() throws {
        let signer = signer
        let now = now
        try write { try $0.sign(with: signer, atMicroseconds: now) }
    }

    /// Prunes to a checkpoint that is there.
    func prune(to size: Int) throws {
        guard let checkpoint = archive.checkpoints().first(where: { $0.size == size }) else { return }
        var draft = RecordDraft(.pruning)
        draft.reason = RecordReason.retention.rawValue
        draft.last = size
        let signer = signer
        let now = now
        try write { builder in
            builder.append(draft)
            builder.batch.pruned = checkpoint
            try builder.sign(with: signer, atMicroseconds: now)
        }
    }

    private func write(_ fill: (inout BatchBuilder) throws -> Void) throws {
        let sources = sources
        try archive.commit { head in
            var builder = BatchBuilder(from: head, sources: sources)
            try fill(&builder)
            return builder.batch
        }
        now += 1_000_000
    }

    private func call(_ kind: RecordKind, caller: String?) -> RecordDraft {
        var draft = RecordDraft(kind)
        draft.caller = caller.flatMap { CallerName($0) }
        draft.knownBy = caller == nil ? nil : CallerEvidence.key.rawValue
        draft.peer = "127.0.0.1:40000"
        draft.app = AppName("default")
        draft.traceID = "0af7651916cd43dd8448eb211c80319c"
        return draft
    }
}
