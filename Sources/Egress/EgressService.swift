private import ConversationCache
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
/// What may be tried again and what may be said of its end is decided by the rules in `Delivery`; this only performs.
package final class EgressService: MessagingService {
    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let settings: EgressSettings
    private let sends: MessageSends
    private let queued: QueuedSends
    private let reads: CachedReads
    private let events: EventReceiver
    /// Nil where no tokens of users are kept.
    let users: UserTokenDesk?

    /// Called on the loop.
    package init(
        pool: UpstreamPool,
        journal: LoopJournal,
        cache: SharedConversationCache,
        rules: SharedUpstreamRules,
        queue: SharedSendQueue,
        reconciler: SharedReconciler,
        events: EventReceiver,
        users: (shared: SharedUserTokens, pool: UpstreamPool)? = nil,
        settings: EgressSettings,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        let gate =
            rules.join { loop in
                let gate = UpstreamGate(loop: loop, eventLoop: eventLoop, shared: rules, logger: logger)
                return NIOLoopBound(gate, eventLoop: eventLoop)
            }.value
        let caller = UpstreamCaller(
            pool: pool, gate: gate, rules: rules, settings: settings, eventLoop: eventLoop, logger: logger)
        self.caller = caller
        self.journal = journal
        self.settings = settings
        sends = MessageSends(
            caller: caller, journal: journal, cache: cache, reconciler: reconciler, settings: settings)
        reconciler.join {
            let reader = ReconcileSearch(caller: caller, journal: journal, shared: reconciler, logger: logger)
            return NIOLoopBound(reader, eventLoop: eventLoop)
        }
        settings.keys.join {
            let prober = KeyProber(caller: caller, keys: settings.keys, deadline: settings.deadline)
            return NIOLoopBound(prober, eventLoop: eventLoop)
        }
        let desk = users.map { users in
            users.shared.desk(pool: users.pool, journal: journal, cache: cache, eventLoop: eventLoop, logger: logger)
        }
        self.users = desk
        queued = QueuedSends(journal: journal, settings: settings, shared: queue, eventLoop: eventLoop)
        queue.join {
            let dispatcher = QueueDispatcher(
                caller: caller, journal: journal, cache: cache, reconciler: reconciler, settings: settings,
                shared: queue, users: desk, logger: logger
            )
            return NIOLoopBound(dispatcher, eventLoop: eventLoop)
        }
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
        _ = withToken(call) { [self] result, _ in
            switch result {
            case .success(let call): sends.send(draft, key: key, for: call, completion: completion)
            case .failure(var problem):
                refuse(call, to: .send, for: problem)
                problem.outcome = .notSent
                completion(SendAnswer(.failure(problem)))
            }
        }
    }

    package func enqueue(
        _ draft: MessageDraft,
        expires: Int64?,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (QueueAnswer) -> Void
    ) {
        if var problem = refusal(toQueue: call) {
            refuse(call, to: .send, for: problem)
            problem.outcome = .notSent
            return completion(.answered(SendAnswer(.failure(problem))))
        }
        queued.enqueue(draft, expires: expires, key: key, for: call, completion: completion)
    }

    package func cancel(
        _ message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    ) {
        report(on: message, for: call) { result in
            guard case .success(let report) = result else { return completion(result) }
            guard report.isWaiting != nil else {
                let problem = Problem(
                    .notCancellable, detail: "The message does not wait in the queue.",
                    outcome: report.outcome)
                return completion(.failure(problem))
            }
            self.queued.cancel(message) { problem in
                guard let problem else { return self.report(on: message, for: call, completion: completion) }
                completion(.failure(problem))
            }
        }
    }

    package func preview(
        _ draft: MessageDraft,
        expires: Int64?,
        for call: CallContext,
        completion: @escaping (Result<PlannedSend, Problem>) -> Void
    ) {
        if let problem = queued.problem(ofExpiry: expires) { return completion(.failure(problem)) }
        _ = withToken(call) { [sends] result, _ in
            switch result {
            case .success(let call): sends.preview(draft, for: call, completion: completion)
            case .failure(let problem): completion(.failure(problem))
            }
        }
    }

    package func readConversation(
        _ read: ConversationRead,
        for call: CallContext,
        completion: @escaping (ConversationAnswer) -> Void
    ) -> () -> Void {
        var giveUp: () -> Void = {}
        let giveUpWaiting = withToken(call) { [self] result, expires in
            switch result {
            case .success(let call):
                var read = read
                if let expires { read.tokenExpires = Int(expires / 1_000_000) }
                giveUp = reads.read(read, for: call, completion: completion)
            case .failure(let problem):
                refuse(call, to: .read, for: problem)
                completion(ConversationAnswer(problem, status: CacheStatus()))
            }
        }
        return {
            giveUpWaiting()
            giveUp()
        }
    }

    /// When a call that comes now has to be over.
    func deadline(of call: CallContext) -> NIODeadline { caller.deadline(of: call) }

    package func receive(event body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void) {
        events.receive(body, trace: trace, users: users, completion: completion)
    }

    package func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        let deadline = caller.deadline(of: call)
        caller.gate.enter(for: call, purpose: .send, deadline: deadline) { [caller, journal] entered in
            do throws(Problem) {
                let pass = try entered.get()
                let exchange: UpstreamExchange
                do throws(Problem) {
                    exchange = try UpstreamExchange(
                        .createUploadToken, for: call, by: caller, deadline: deadline
                    ) { DivarRequest(creatingUploadTokenThrough: $0) }
                } catch {
                    caller.gate.leave(pass, signal: .unused, isSpent: false)
                    throw error
                }
                let message = MessageID.made(atUnix: Date().timeIntervalSince1970)
                let record = RecordDraft(intentOf: .createUploadToken, for: call, through: exchange.firstEndpoint)
                let intent = IntentSubmission(message: message, record: record)
                let isTaken = journal.submit(.intent(intent)) { result in
                    if let problem = JournalProblem.of(result) {
                        caller.gate.leave(pass, signal: .unused, isSpent: false)
                        completion(.failure(problem))
                    } else {
                        self.performUpload(exchange, pass, message: message, completion: completion)
                    }
                }
                guard isTaken else {
                    caller.gate.leave(pass, signal: .unused, isSpent: false)
                    throw JournalProblem.full
                }
            } catch {
                completion(.failure(error))
            }
        }
    }

    private func performUpload(
        _ exchange: UpstreamExchange,
        _ pass: GatePass,
        message: MessageID,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        exchange.run(pass) { [journal, settings] end in
            var answer: Result<UploadGrant, Problem> = .failure(
                UpstreamCaller.problem(for: end.result, at: end.endpoint))
            var outcome = OutcomeRule.outcome(of: end.result)
            if case .answered(.uploadToken(let token), _) = end.result {
                answer = .success(UploadGrant(token: token, uploadURL: settings.uploadURL))
                outcome = .sent
            }
            let record = RecordDraft(outcome: outcome, of: end)
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
