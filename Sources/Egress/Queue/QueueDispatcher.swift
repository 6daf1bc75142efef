private import ConversationCache
internal import Delivery
private import DivarAPI
private import FoundationEssentials
internal import Journal
internal import Logging
internal import Messaging
private import Metrics
internal import NIOCore

/// Sends what waits in the queue, at the pace of the quota: performs what `SendQueue` decides. Confined to one event
/// loop.
///
/// Every step is on disk before the next: that an attempt begins, before a byte leaves; that it was proven not to have
/// sent anything, before the next one begins. So after a crash a message either waits or is unknown.
final class QueueDispatcher {
    /// How often messages are looked for that somebody else put into the queue.
    private static let refreshInterval: TimeAmount = .seconds(2)
    private static let pageSize = 256
    /// After a clock that jumped nobody waits longer than this.
    private static let longestSleep: Int64 = 30_000_000
    /// When the journal or the gate had no room.
    private static let shortPause: Int64 = 1_000_000
    /// When its app has no key: the next start may know one.
    private static let longPause: Int64 = 60_000_000

    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let cache: SharedConversationCache
    private let reconciler: SharedReconciler
    private let settings: EgressSettings
    private let shared: SharedSendQueue
    private let users: UserTokenDesk?
    private let logger: Logger
    private var queue: SendQueue
    private var timer: Scheduled<Void>?
    private var underWay = 0
    /// What came of attempts that sent nothing, until that is on disk. Numbered: what is written again for one attempt
    /// must never come behind the beginning of the next, or a message under way would look as if it waited.
    private var deferrals: [MessageID: (number: Int, record: RecordDraft, change: QueueChange)] = [:]
    private var lastDeferral = 0
    /// The journal's records before any message could be taken: those whose intents are among them came before all
    /// others.
    private let recordsAtStart: Int
    /// What can't be done before all those are known; nil once they are.
    private var afterStart: [() -> Void]? = []
    private var whenIdle: (() -> Void)?
    private var isStopping = false

    init(
        caller: UpstreamCaller,
        journal: LoopJournal,
        cache: SharedConversationCache,
        reconciler: SharedReconciler,
        settings: EgressSettings,
        shared: SharedSendQueue,
        users: UserTokenDesk?,
        logger: Logger
    ) {
        self.users = users
        (self.caller, self.journal, self.cache, self.settings) = (caller, journal, cache, settings)
        (self.shared, self.logger, self.reconciler) = (shared, logger, reconciler)
        queue = SendQueue(settings: shared.settings)
        recordsAtStart = journal.records
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// The same moment by the clock of deadlines; now where it is past, for that clock began at the last boot.
    private static func deadline(at unixMicroseconds: Int64) -> NIODeadline {
        .now() + .microseconds(min(max(unixMicroseconds - now, 0), longestPatience))
    }

    /// A year: no message waits that long, whatever its row says.
    private static let longestPatience: Int64 = 366 * 86_400_000_000

    // MARK: What is in the queue

    func start() {
        refresh(after: nil, found: [])
    }

    /// A message that was accepted has its place.
    func added(_ message: QueuedMessage) {
        guard afterStart == nil else { return wait { self.added(message) } }
        guard !queue.contains(message.message) else { return shared.givePlaceBack() }
        take(message)
        pump()
    }

    private func take(_ message: QueuedMessage) {
        queue.add(
            message.message, lane: message.lane, expires: message.expires, attempts: message.attempts,
            retryAt: message.retryAt
        )
    }

    /// Looks through the whole queue on disk, a page at a time.
    private func refresh(after last: MessageID?, found: [QueuedMessage]) {
        guard !isStopping else { return }
        let isTaken = journal.submit(.queue(after: last, limit: QueueDispatcher.pageSize)) { result in
            guard case .queue(let page, let next) = result else { return self.refreshLater() }
            let found = found + page.filter { $0.state == .waiting && !self.queue.contains($0.message) }
            guard next == nil else { return self.refresh(after: next, found: found) }
            for message in found.sorted(by: { $0.intent < $1.intent }) where self.isNew(message) {
                self.shared.noteFound()
                self.take(message)
            }
            self.wentThrough()
            self.pump()
            self.refreshLater()
        }
        if !isTaken { refreshLater() }
    }

    /// At the start only what was there before: what was accepted since comes by itself, in its order.
    private func isNew(_ message: QueuedMessage) -> Bool {
        !queue.contains(message.message) && (afterStart == nil || message.intent <= recordsAtStart)
    }

    private func wait(_ work: @escaping () -> Void) {
        afterStart?.append(work)
    }

    private func wentThrough() {
        guard let waiting = afterStart else { return }
        afterStart = nil
        for work in waiting { work() }
    }

    private func refreshLater() {
        _ = caller.eventLoop.assumeIsolated().scheduleTask(in: QueueDispatcher.refreshInterval) {
            self.refresh(after: nil, found: [])
        }
    }

    /// - Parameter completion: called on this loop, once what was decided is on disk, or with why it can't be.
    func cancel(_ message: MessageID, completion: @escaping (SendQueueCancel, Problem?) -> Void) {
        guard afterStart == nil else { return wait { self.cancel(message, completion: completion) } }
        let answer = queue.cancel(message, now: QueueDispatcher.now)
        guard case .cancelled(let attempts) = answer else { return completion(answer, nil) }
        shared.givePlaceBack()
        deferrals[message] = nil
        var record = RecordDraft(.outcome)
        (record.outcome, record.reason, record.attempts) = (.notSent, RecordReason.cancelled.rawValue, attempts)
        let isTaken = journal.submit(.outcome(record, of: message, answer: nil, queue: .remove(message))) { result in
            completion(answer, JournalProblem.of(result))
        }
        if !isTaken { completion(answer, JournalProblem.of(JournalProblem.closed)) }
        pump()
    }

    func stop(within drain: TimeAmount, stopped: @escaping () -> Void) {
        isStopping = true
        timer?.cancel()
        guard underWay > 0 else { return stopped() }
        whenIdle = stopped
        _ = caller.eventLoop.assumeIsolated().scheduleTask(in: drain) { self.becameIdle() }
    }

    private func becameIdle() {
        let stopped = whenIdle
        whenIdle = nil
        stopped?()
    }

    // MARK: Turns

    private func pump() {
        guard !isStopping else { return }
        let now = QueueDispatcher.now
        for step in queue.advance(now: now) {
            switch step {
            case .attempt(let message): prepare(message)
            case .expire(let message, let attempts): expire(message, attempts: attempts)
            }
        }
        timer?.cancel()
        timer = nil
        guard let next = queue.nextEvent else { return }
        let delay = min(max(next - min(next, now), 1000), QueueDispatcher.longestSleep)
        timer = caller.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(delay)) { self.pump() }
    }

    private func expire(_ message: MessageID, attempts: Int) {
        var record = RecordDraft(.outcome)
        (record.outcome, record.reason, record.attempts) = (.notSent, RecordReason.expired.rawValue, attempts)
        conclude(message, record, answer: nil, attempts: attempts)
        logger.warning("a message in the queue expired", metadata: ["message_id": "\(message)"])
    }

    /// It is out of the queue: the end is written down.
    private func conclude(_ message: MessageID, _ record: RecordDraft, answer: [UInt8]?, attempts: Int) {
        Counter(
            label: "divar_gateway_queued_messages_total",
            dimensions: [("outcome", record.outcome?.rawValue ?? Outcome.unknown.rawValue)]
        ).increment()
        shared.givePlaceBack()
        deferrals[message] = nil
        let keptUntil = QueueDispatcher.now + shared.settings.keepFailed
        let change: QueueChange =
            record.outcome == .notSent
            ? .update(message, state: .failed, attempts: attempts, expires: keptUntil, retryAt: 0) : .remove(message)
        _ = journal.submit(.outcome(record, of: message, answer: answer, queue: change)) { _ in }
    }

    private func ended(_ message: MessageID) {
        underWay -= 1
        if underWay == 0 { becameIdle() }
        pump()
    }

    private func postpone(_ message: MessageID, by pause: Int64) {
        queue.postponed(message, until: QueueDispatcher.now + pause)
        ended(message)
    }
}

extension QueueDispatcher {
    // MARK: One attempt

    private func prepare(_ message: MessageID) {
        underWay += 1
        deferrals[message] = nil
        let isTaken = journal.submit(.queued(message)) { result in
            guard case .queued(let queued) = result else {
                return self.postpone(message, by: QueueDispatcher.shortPause)
            }
            // Where it is still said to be under way, its deferral could not be written: no byte of it is.
            guard let queued, queued.state != .failed else {
                // Somebody else ended it.
                if self.queue.contains(message) { self.shared.givePlaceBack() }
                _ = self.queue.ended(message, .settled, jitter: 0, now: QueueDispatcher.now)
                return self.ended(message)
            }
            // It was taken back, or expired, while it was looked up: that is written down already.
            guard self.queue.contains(message) else { return self.ended(message) }
            guard let content = self.settings.queueSealer.open(queued.payload, of: message).flatMap(QueuedContent.init)
            else { return self.failUnread(queued) }
            self.enter(queued, content)
        }
        if !isTaken { postpone(message, by: QueueDispatcher.shortPause) }
    }

    /// The key of the queue was lost: it can't be sent by anybody.
    private func failUnread(_ queued: QueuedMessage) {
        logger.error("a message in the queue can not be opened", metadata: ["message_id": "\(queued.message)"])
        fail(queued, for: .internal)
    }

    private func fail(_ queued: QueuedMessage, for kind: ProblemKind) {
        _ = queue.ended(queued.message, .settled, jitter: 0, now: QueueDispatcher.now)
        var record = RecordDraft(.outcome)
        (record.outcome, record.reason) = (.notSent, kind.rawValue)
        record.attempts = queued.attempts
        conclude(queued.message, record, answer: nil, attempts: queued.attempts)
        ended(queued.message)
    }

    private func enter(_ queued: QueuedMessage, _ content: QueuedContent) {
        let call = CallContext(
            caller: Caller(name: queued.caller, app: queued.app, permissions: [.send]), userToken: content.token,
            trace: content.trace, user: content.user
        )
        guard let user = call.appUser else { return enter(queued, content, for: call) }
        guard let users else { return fail(queued, for: .unknownUser) }
        _ = users.token(of: user, deadline: caller.deadline(of: call)) { result in
            switch result {
            case .success(let held):
                var call = call
                call.userToken = held.token
                self.enter(queued, content, for: call)
            case .failure(let problem) where SendQueueRule.isOfTheMoment(problem.kind):
                let seconds = Int64(problem.retryAfterSeconds ?? 1)
                self.postpone(queued.message, by: max(seconds * 1_000_000, QueueDispatcher.shortPause))
            case .failure(let problem): self.fail(queued, for: problem.kind)
            }
        }
    }

    private func enter(_ queued: QueuedMessage, _ content: QueuedContent, for call: CallContext) {
        let exchange = SendExchange(draft: content.draft, message: queued.message, call: call, keyExpires: nil)
        let (deadline, lastStart) = (caller.deadline(of: call), QueueDispatcher.deadline(at: queued.expires))
        caller.gate.enter(for: call, purpose: .send, deadline: min(deadline, lastStart)) { entered in
            switch entered {
            case .failure(let problem):
                let seconds = Int64(problem.retryAfterSeconds ?? 1)
                self.postpone(queued.message, by: max(seconds * 1_000_000, QueueDispatcher.shortPause))
            case .success(let pass):
                self.begin(queued, exchange, pass, deadline: deadline)
            }
        }
    }

    /// Has it on disk that an attempt begins.
    private func begin(_ queued: QueuedMessage, _ exchange: SendExchange, _ pass: GatePass, deadline: NIODeadline) {
        let draft = exchange.draft
        let upstream = try? UpstreamExchange(
            draft.operation, for: exchange.call, by: caller, deadline: deadline,
            beginningUntil: QueueDispatcher.deadline(at: queued.expires)
        ) { DivarRequest(sending: draft, through: $0) }
        guard !isStopping, let upstream, queue.begun(queued.message, now: QueueDispatcher.now) else {
            caller.gate.leave(pass, signal: .unused, isSpent: false)
            let pause = upstream == nil ? QueueDispatcher.longPause : QueueDispatcher.shortPause
            return postpone(queued.message, by: pause)
        }
        var record = RecordDraft(.attempt)
        (record.endpoint, record.traceID) = (upstream.firstEndpoint, exchange.call.trace.traceID)
        let change = QueueChange.update(
            queued.message, state: .attempting, attempts: queued.attempts, expires: queued.expires, retryAt: 0)
        let isTaken = journal.submit(.step(record, of: queued.message, change: change)) { result in
            // A disk that took its time doesn't make a message less late.
            guard case .committed = result, QueueDispatcher.now < queued.expires else {
                self.caller.gate.leave(pass, signal: .unused, isSpent: false)
                return self.postpone(queued.message, by: QueueDispatcher.shortPause)
            }
            self.perform(upstream, queued, exchange, pass)
        }
        if !isTaken {
            caller.gate.leave(pass, signal: .unused, isSpent: false)
            postpone(queued.message, by: QueueDispatcher.shortPause)
        }
    }

    private func perform(
        _ upstream: UpstreamExchange, _ queued: QueuedMessage, _ exchange: SendExchange, _ pass: GatePass
    ) {
        let token = exchange.draft.operation.needsUserToken ? exchange.call.userToken : nil
        let fence = SendFence(exchange.draft.target, token: token)
        cache.use { fence.begin(in: &$0) }
        reconciler.departing(exchange)
        upstream.run(pass) { end in
            self.cache.use { fence.end(end, in: &$0) }
            self.settle(queued, exchange, end)
            self.reconciler.ended(exchange, end)
            self.ended(queued.message)
        }
    }

    private func settle(_ queued: QueuedMessage, _ exchange: SendExchange, _ end: UpstreamEnd) {
        let message = queued.message
        let problem = ProblemRule.problem(for: end.result)
        let isOver =
            OutcomeRule.outcome(of: end.result) != .notSent
            || !(problem.map { SendQueueRule.isOfTheMoment($0.kind) } ?? false)
        let follow = queue.ended(
            message,
            isOver ? .settled : .notSent(attempts: end.attempts, retryAfterSeconds: problem?.retryAfterSeconds),
            jitter: .random(in: 0..<1), now: QueueDispatcher.now
        )
        switch follow {
        case .finished(let attempts):
            var end = end
            end.attempts += attempts
            let answer = StoredAnswer.bytes(exchange.answer(to: end).result, to: exchange.draft)
            conclude(message, exchange.outcome(of: end), answer: answer, attempts: end.attempts)
        case .deferred(let attempts, let until):
            var record = exchange.outcome(of: end)
            record.kind = .deferral
            record.outcome = nil
            record.retry = RFC3339Time.text(unixMicroseconds: until)
            let change = QueueChange.update(
                message, state: .waiting, attempts: attempts, expires: queued.expires, retryAt: until)
            lastDeferral += 1
            deferrals[message] = (lastDeferral, record, change)
            write(deferral: lastDeferral, of: message)
        }
    }

    /// Until it is on disk a crash makes a message unknown of which it is known that it wasn't sent: what can't be
    /// written is tried again, until the message's next turn says more.
    private func write(deferral number: Int, of message: MessageID) {
        guard let deferral = deferrals[message], deferral.number == number else { return }
        let isTaken = journal.submit(.step(deferral.record, of: message, change: deferral.change)) { result in
            guard case .committed = result else { return self.writeLater(deferral: number, of: message) }
            if self.deferrals[message]?.number == number { self.deferrals[message] = nil }
        }
        if !isTaken { writeLater(deferral: number, of: message) }
    }

    private func writeLater(deferral number: Int, of message: MessageID) {
        _ = caller.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(QueueDispatcher.shortPause)) {
            self.write(deferral: number, of: message)
        }
    }
}
