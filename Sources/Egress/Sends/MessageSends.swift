private import ConversationCache
internal import Custody
private import Delivery
private import DivarAPI
private import FoundationEssentials
internal import Journal
internal import Messaging
private import NIOCore

/// The path of a message: past the gate, its intent to disk, to Divar, its outcome to disk, and back. Confined to one
/// event loop.
final class MessageSends {
    typealias Completion = (SendAnswer) -> Void

    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let cache: SharedConversationCache
    private let reconciler: SharedReconciler
    private let settings: EgressSettings

    init(
        caller: UpstreamCaller,
        journal: LoopJournal,
        cache: SharedConversationCache,
        reconciler: SharedReconciler,
        settings: EgressSettings
    ) {
        (self.caller, self.journal, self.cache, self.settings) = (caller, journal, cache, settings)
        self.reconciler = reconciler
    }

    func send(
        _ draft: MessageDraft,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping Completion
    ) {
        let now = Date().timeIntervalSince1970
        let claim = key.map { key in
            (
                name: ClaimName(caller: call.caller.name, key: key),
                expires: Int64(now * 1_000_000) + settings.idempotencyMicroseconds
            )
        }
        let exchange = SendExchange(
            draft: draft, message: .made(atUnix: now), call: call,
            keyExpires: claim.map { Int($0.expires / 1_000_000) }
        )
        let deadline = caller.deadline(of: call)
        caller.gate.enter(for: call, purpose: .send, deadline: deadline) { entered in
            switch entered {
            case .success(let pass):
                self.open(exchange, claim: claim, pass, deadline: deadline, completion: completion)
            case .failure(let problem):
                self.turnAway(exchange, claim: claim, problem, completion: completion)
            }
        }
    }

    /// All that `send` does short of the intent; takes no place in the quota.
    func preview(
        _ draft: MessageDraft,
        for call: CallContext,
        completion: @escaping (Result<PlannedSend, Problem>) -> Void
    ) {
        if let problem = caller.gate.outlook(for: call, purpose: .send, deadline: caller.deadline(of: call)) {
            return completion(.failure(problem))
        }
        let planned = caller.preview(draft, for: call)
        completion(planned.map { .success($0) } ?? .failure(caller.noWay(draft.operation, of: call)))
    }

    /// Has the intent on disk.
    private func open(
        _ exchange: SendExchange,
        claim: (name: ClaimName, expires: Int64)?,
        _ pass: GatePass,
        deadline: NIODeadline,
        completion: @escaping Completion
    ) {
        let draft = exchange.draft
        do {
            let upstream = try UpstreamExchange(
                draft.operation, for: exchange.call, by: caller, deadline: deadline
            ) { DivarRequest(sending: draft, through: $0) }
            let intent = try intent(of: exchange, claim: claim, through: upstream.firstEndpoint)
            let isTaken = journal.submit(.intent(intent)) { result in
                if let answer = exchange.answer(to: result) {
                    self.caller.gate.leave(pass, signal: .unused, isSpent: false)
                    if let refusal = exchange.refusal(by: result) { self.journal.noteRefusal(RecordDraft(refusal)) }
                    completion(answer)
                } else {
                    self.perform(upstream, exchange, pass, completion: completion)
                }
            }
            if isTaken { return }
            completion(exchange.refused(JournalProblem.full))
        } catch {
            completion(exchange.refused(error as? Problem ?? JournalProblem.noRandomness))
        }
        caller.gate.leave(pass, signal: .unused, isSpent: false)
    }

    private func intent(
        of exchange: SendExchange,
        claim: (name: ClaimName, expires: Int64)?,
        through endpoint: EndpointName
    ) throws -> IntentSubmission {
        try IntentSubmission(
            message: exchange.message, record: exchange.intent(through: endpoint), draft: exchange.draft,
            sealer: settings.sealer, claim: claim
        )
    }

    /// There is no way to Divar now. What was sent before under the same idempotency key is told all the same.
    private func turnAway(
        _ exchange: SendExchange,
        claim: (name: ClaimName, expires: Int64)?,
        _ problem: Problem,
        completion: @escaping Completion
    ) {
        let refuse = { [journal] in
            journal.noteRefusal(RecordDraft(exchange.refusal(for: problem)))
            completion(exchange.refused(problem))
        }
        guard claim != nil, let intent = try? intent(of: exchange, claim: claim, through: EndpointName("")) else {
            refuse()
            return
        }
        let isTaken = journal.submit(.question(intent)) { [journal] result in
            switch result {
            case .replay, .inFlight, .waiting, .mismatch:
                if let refusal = exchange.refusal(by: result) { journal.noteRefusal(RecordDraft(refusal)) }
                completion(exchange.answer(to: result) ?? exchange.refused(problem))
            case .committed, .life, .queued, .queue, .unavailable: refuse()
            }
        }
        if !isTaken { refuse() }
    }

    /// The intent is on disk.
    private func perform(
        _ upstream: UpstreamExchange,
        _ exchange: SendExchange,
        _ pass: GatePass,
        completion: @escaping Completion
    ) {
        let token = exchange.draft.operation.needsUserToken ? exchange.call.userToken : nil
        let fence = SendFence(exchange.draft.target, token: token)
        cache.use { fence.begin(in: &$0) }
        reconciler.departing(exchange)
        journal.status.messageBegan()
        upstream.run(pass) { [journal, cache, reconciler] end in
            // Before anybody hears of the send: a read that comes after must not be answered from before it.
            cache.use { fence.end(end, in: &$0) }
            let answer = exchange.answer(to: end)
            let stored = exchange.keyExpires == nil ? nil : StoredAnswer.bytes(answer.result, to: exchange.draft)
            let outcome = exchange.outcome(of: end)
            let isTaken = journal.submit(.outcome(outcome, of: exchange.message, answer: stored)) { recorded in
                completion(exchange.answer(answer, recorded: recorded))
                reconciler.ended(exchange, end)
            }
            journal.status.messageEnded()
            if !isTaken { completion(exchange.answer(answer, recorded: JournalProblem.closed)) }
        }
    }
}
