import JournalConformance
import Messaging

@testable import Journal

/// A ledger over the model, with submissions to put to it.
struct LedgerRig {
    let file = InMemoryFile(log: SampleLog.id)
    let store: InMemoryJournal
    let gateway: SampleGateway
    var ledger: JournalLedger
    private let engine: InMemoryUnderTest

    init(settings: JournalSettings = JournalSettings(), sealer: ContentSealer = ContentSealer()) throws {
        engine = InMemoryUnderTest(log: SampleLog.id)
        gateway = try SampleGateway(engine, sealer: sealer)
        store = InMemoryJournal(file)
        ledger = JournalLedger(signer: gateway.signer, sealer: sealer, settings: settings, lastCheckpoint: 0)
    }

    var now: Int64 { gateway.clock.nowMicroseconds }

    /// Decides, and writes what was decided.
    @discardableResult
    mutating func commit(
        _ submissions: Submission...,
        refusing refusal: JournalStoreError? = nil,
        lost: Int = 0
    ) throws -> LedgerDecision {
        let decision = try decide(submissions, refusing: refusal, lost: lost)
        try store.commit(lookingUp: []) { _, _ in decision.batch }
        ledger.apply(decision, now: now)
        return decision
    }

    func decide(
        _ submissions: [Submission],
        refusing refusal: JournalStoreError? = nil,
        lost: Int = 0
    ) throws -> LedgerDecision {
        var claims: [ClaimName: StoredClaim] = [:]
        for case .intent(let intent) in submissions {
            if let name = intent.claim?.name { claims[name] = store.claim(name) }
        }
        return try ledger.decide(
            submissions, from: store.head(), claims: claims, refusingIntents: refusal, lost: lost,
            sources: gateway.clock.sources)
    }

    static func sent(_ message: MessageID, answer: [UInt8]? = nil) -> Submission {
        .outcome(SampleGateway.outcome(.sent), of: message, answer: answer)
    }
}

extension JournalResult {
    /// Which of the cases it is.
    var word: String {
        switch self {
        case .committed: "committed"
        case .replay: "replay"
        case .inFlight: "in flight"
        case .mismatch: "mismatch"
        case .waiting: "waiting"
        case .queued(let queued): queued == nil ? "not queued" : "queued"
        case .queue(let page, _): "page of \(page.count)"
        case .life(let life): life == nil ? "no life" : "life"
        case .unavailable(let error, _): "unavailable: \(error.kind.rawValue)"
        }
    }
}
