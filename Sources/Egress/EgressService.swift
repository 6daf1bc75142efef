private import Delivery
private import DivarAPI
private import FoundationEssentials
package import HTTPWire
package import InternalAPI
private import Journal
package import Logging
package import Messaging
package import NIOCore

/// The way out: takes a checked call, has its intent on disk, calls Divar, has the outcome on disk, and says what came
/// of it. Confined to one event loop.
///
/// One attempt a call. What may be said of its end is decided by the rules in `Delivery`; this only performs.
package final class EgressService: MessagingService {
    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let settings: EgressSettings
    private let cache: SharedConversationCache
    private let reads: CachedReads
    private let events: EventReceiver

    /// Called on the loop.
    package init(
        pool: UpstreamPool,
        journal: LoopJournal,
        cache: SharedConversationCache,
        events: EventReceiver,
        settings: EgressSettings,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        let caller = UpstreamCaller(pool: pool, settings: settings, logger: logger)
        self.caller = caller
        self.journal = journal
        self.settings = settings
        self.cache = cache
        self.events = events
        reads =
            cache.join { loop in
                let reads = CachedReads(
                    loop: loop, eventLoop: eventLoop, cache: cache, caller: caller, journal: journal, settings: settings
                )
                return NIOLoopBound(reads, eventLoop: eventLoop)
            }.value
    }

    package func send(
        _ draft: MessageDraft,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (SendAnswer) -> Void
    ) {
        let now = Date().timeIntervalSince1970
        let message = EgressService.makeID(at: now)
        let claim = key.map { key in
            (
                name: ClaimName(caller: call.caller.name, key: key),
                expires: Int64(now * 1_000_000) + settings.idempotencyMicroseconds
            )
        }
        let exchange = SendExchange(
            draft: draft, message: message, call: call, keyExpires: claim.map { Int($0.expires / 1_000_000) }
        )
        do {
            let plan = try caller.plan(draft.operation, for: call) { DivarRequest(sending: draft, through: $0) }
            let intent = try IntentSubmission(
                message: message,
                record: exchange.intent(through: plan.endpoint.name),
                draft: draft,
                sealer: settings.sealer,
                claim: claim
            )
            let isTaken = journal.submit(.intent(intent)) { result in
                if let answer = exchange.answer(to: result) {
                    if let refusal = exchange.refusal(by: result) { self.refused(refusal) }
                    completion(answer)
                } else {
                    self.perform(plan, exchange, completion: completion)
                }
            }
            if !isTaken { completion(exchange.refused(JournalProblem.full)) }
        } catch {
            completion(exchange.refused(error as? Problem ?? JournalProblem.noRandomness))
        }
    }

    /// - Parameter now: seconds since 1970.
    private static func makeID(at now: Double) -> MessageID {
        MessageID(
            unixMilliseconds: UInt64(max(0, now * 1000)),
            random: (.random(in: .min ... .max), .random(in: .min ... .max))
        )
    }

    /// The intent is on disk.
    private func perform(
        _ plan: UpstreamCaller.Plan,
        _ exchange: SendExchange,
        completion: @escaping (SendAnswer) -> Void
    ) {
        let fence = SendFence(
            exchange.draft.target, token: plan.endpoint.needsUserToken ? exchange.call.userToken : nil)
        cache.use { fence.begin(in: &$0) }
        caller.perform(plan, for: exchange.call) { [journal, cache] end in
            let result = end.result
            // Before anybody hears of the send: a read that comes after must not be answered from before it.
            cache.use { fence.end(end, in: &$0) }
            let endpoint = plan.endpoint.name
            let answer = exchange.answer(to: result, at: endpoint)
            let outcome = exchange.outcome(
                of: result, at: endpoint, latencyMicroseconds: end.latencyMicroseconds
            )
            let stored = exchange.keyExpires == nil ? nil : StoredAnswer.bytes(answer.result, to: exchange.draft)
            let isTaken = journal.submit(.outcome(outcome, of: exchange.message, answer: stored)) { recorded in
                completion(exchange.answer(answer, recorded: recorded))
            }
            if !isTaken { completion(exchange.answer(answer, recorded: JournalProblem.closed)) }
        }
    }

    package func readConversation(
        _ read: ConversationRead,
        for call: CallContext,
        completion: @escaping (ConversationAnswer) -> Void
    ) {
        reads.read(read, for: call, completion: completion)
    }

    package func receive(event body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void) {
        events.receive(body, trace: trace, completion: completion)
    }

    package func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        let plan: UpstreamCaller.Plan
        do throws(Problem) {
            plan = try caller.plan(.createUploadToken, for: call) { DivarRequest(creatingUploadTokenThrough: $0) }
        } catch {
            completion(.failure(error))
            return
        }
        let message = EgressService.makeID(at: Date().timeIntervalSince1970)
        let record = RecordDraft(intentOf: .createUploadToken, for: call, through: plan.endpoint.name)
        let isTaken = journal.submit(.intent(IntentSubmission(message: message, record: record))) { result in
            if let problem = JournalProblem.of(result) {
                completion(.failure(problem))
            } else {
                self.performUpload(plan, message: message, for: call, completion: completion)
            }
        }
        if !isTaken { completion(.failure(JournalProblem.full)) }
    }

    private func performUpload(
        _ plan: UpstreamCaller.Plan,
        message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        caller.perform(plan, for: call) { [journal, settings] end in
            let result = end.result
            let endpoint = plan.endpoint.name
            var answer: Result<UploadGrant, Problem> = .failure(UpstreamCaller.problem(for: result, at: endpoint))
            var outcome = OutcomeRule.outcome(of: result)
            if case .answered(.uploadToken(let token), _) = result {
                answer = .success(UploadGrant(token: token, uploadURL: settings.uploadURL))
                outcome = .sent
            }
            let record = RecordDraft(
                outcome: outcome, of: result, at: endpoint, latencyMicroseconds: end.latencyMicroseconds)
            let isTaken = journal.submit(.outcome(record, of: message, answer: nil)) { recorded in
                completion(JournalProblem.of(recorded).map { .failure($0) } ?? answer)
            }
            if !isTaken { completion(.failure(JournalProblem.of(JournalProblem.closed) ?? JournalProblem.full)) }
        }
    }

    package func report(
        on message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    ) {
        let isTaken = journal.submit(.lookUp(message)) { result in
            if let problem = JournalProblem.of(result) {
                completion(.failure(problem))
            } else if case .life(let life?) = result, life.caller == call.caller.name {
                completion(.success(life.report))
            } else {
                completion(.failure(Problem(.noSuchResource, detail: "The caller sent no message with this id.")))
            }
        }
        if !isTaken { completion(.failure(JournalProblem.full)) }
    }

    package func refused(_ call: RefusedCall) {
        journal.noteRefusal(RecordDraft(call))
    }
}
