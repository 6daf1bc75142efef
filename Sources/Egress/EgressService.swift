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

    /// Called on the loop.
    package init(
        pool: UpstreamPool,
        journal: LoopJournal,
        cache: SharedConversationCache,
        rules: SharedUpstreamRules,
        queue: SharedSendQueue,
        reconciler: SharedReconciler,
        events: EventReceiver,
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
        queued = QueuedSends(journal: journal, settings: settings, shared: queue, eventLoop: eventLoop)
        queue.join {
            let dispatcher = QueueDispatcher(
                caller: caller, journal: journal, cache: cache, reconciler: reconciler, settings: settings,
                shared: queue, logger: logger
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
        sends.send(draft, key: key, for: call, completion: completion)
    }

    package func enqueue(
        _ draft: MessageDraft,
        expires: Int64?,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (QueueAnswer) -> Void
    ) {
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
        for call: CallContext,
        completion: @escaping (Result<PlannedSend, Problem>) -> Void
    ) {
        sends.preview(draft, for: call, completion: completion)
    }

    package func readConversation(
        _ read: ConversationRead,
        for call: CallContext,
        completion: @escaping (ConversationAnswer) -> Void
    ) -> () -> Void {
        reads.read(read, for: call, completion: completion)
    }

    package func receive(event body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void) {
        events.receive(body, trace: trace, completion: completion)
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
