internal import ConversationCache
internal import Custody
private import Delivery
private import DivarAPI
private import FoundationEssentials
internal import InternalAPI
internal import Journal
internal import Messaging
internal import NIOCore

/// Answers reads, from memory or by Divar: performs what `ConversationCache` decides. Confined to one event loop.
final class CachedReads {
    typealias Completion = (ConversationAnswer) -> Void

    /// A read that waits for a fetch, its own or another's.
    private struct Pending {
        let conversation: ConversationID
        let call: CallContext
        var deadline: NIODeadline
        var timer: Scheduled<Void>?
        let since: NIODeadline
        /// What it waits for, and whether it makes that fetch itself.
        var fetch: (id: FetchID, isOwn: Bool)?
        var completion: Completion
    }

    private let loop: Int
    private let eventLoop: any EventLoop
    private let cache: SharedConversationCache
    private let caller: UpstreamCaller
    private let journal: LoopJournal
    private let settings: EgressSettings
    private var pending: [UInt64: Pending] = [:]
    private var lastNumber: UInt64 = 0
    /// Gives up the fetches that are made here.
    private var underWay: [FetchID: () -> Void] = [:]

    init(
        loop: Int,
        eventLoop: any EventLoop,
        cache: SharedConversationCache,
        caller: UpstreamCaller,
        journal: LoopJournal,
        settings: EgressSettings
    ) {
        (self.loop, self.eventLoop, self.cache) = (loop, eventLoop, cache)
        (self.caller, self.journal, self.settings) = (caller, journal, settings)
    }

    /// - Returns: gives the read up; then the completion isn't called any more.
    func read(_ read: ConversationRead, for call: CallContext, completion: @escaping Completion) -> () -> Void {
        let now = NIODeadline.now()
        guard let token = call.userToken else {
            // The front door has asked for it.
            completion(ConversationAnswer(Problem(.internal, detail: "A read came without a token."), status: .init()))
            return {}
        }
        lastNumber += 1
        let asked = CacheRead(
            key: CacheKey(
                operation: .readConversation,
                conversation: read.conversation,
                partition: CachePartition(
                    caller: call.caller.name, app: call.caller.app, token: TokenDigest(of: token)
                )
            ),
            directives: read.directives,
            tokenEnd: read.tokenExpires.map { CachedReads.uptime(ofUnix: $0, now: now) },
            waiter: CacheWaiter(loop: loop, number: lastNumber)
        )
        var waiting = Pending(
            conversation: read.conversation, call: call, deadline: caller.deadline(of: call), since: now,
            completion: completion
        )
        switch cache.use({ $0.decide(asked, now: SharedConversationCache.microseconds(now)) }) {
        case .answer(let answer, let refresh):
            noteFromMemory(waiting)
            completion(ConversationAnswer(answer))
            // Whoever was answered has no hurry with it any more.
            waiting.deadline = .now() + settings.deadline
            if let refresh { perform(refresh, for: waiting) }
        case .fetch(let fetch):
            pending[lastNumber] = waiting
            pending[lastNumber]?.fetch = (fetch.id, true)
            perform(fetch, for: waiting)
        case .wait(let fetch):
            wait(asked.waiter, for: fetch, as: waiting)
        case .bypass(let reason):
            return bypass(read, for: waiting, token: asked.key.partition.token, reason: reason)
        case .notCached:
            var status = CacheStatus()
            status.detail = .onlyIfCached
            let problem = Problem(.notCached, detail: "The request wants an answer from the cache, and there is none.")
            completion(ConversationAnswer(problem, status: status))
        }
        return { [weak self] in self?.giveUp(asked.waiter) }
    }

    // MARK: Waiting

    /// Nobody is there any more to be answered. What others wait for goes on.
    private func giveUp(_ waiter: CacheWaiter) {
        guard let waiting = pending[waiter.number], let fetch = waiting.fetch else { return }
        if !fetch.isOwn, cache.use({ $0.abandon(waiter, of: fetch.id) }) {
            waiting.timer?.cancel()
            pending[waiter.number] = nil
            return
        }
        // News is on its way here, or the fetch is its own: it ends as for anybody, and nobody hears of it.
        pending[waiter.number]?.completion = { _ in }
        guard fetch.isOwn, let stop = underWay[fetch.id] else { return }
        let now = SharedConversationCache.microseconds(.now())
        let times = AnswerTimes(requested: now, received: now, receivedUnix: 0)
        let problem = Problem(.divarTimeout, detail: "The caller went away.")
        // In one look: somebody on another loop may want the same.
        let settlement = cache.use { cache in
            cache.isForOne(fetch.id) ? cache.end(fetch.id, with: .failed(problem), times: times) : nil
        }
        guard let settlement else { return }
        underWay[fetch.id] = nil
        stop()
        cache.deliver(settlement, from: loop)
    }

    private func wait(_ waiter: CacheWaiter, for fetch: FetchID, as waiting: Pending) {
        var waiting = waiting
        waiting.fetch = (fetch, false)
        waiting.timer = eventLoop.assumeIsolated().scheduleTask(deadline: waiting.deadline) {
            // Otherwise an answer, or a fetch that fails at once, is on its way here.
            guard self.cache.use({ $0.abandon(waiter, of: fetch) }) else { return }
            let problem = Problem(.divarTimeout, detail: "Divar did not answer before the deadline.")
            var status = CacheStatus.forwarded(.missing)
            status.isCollapsed = true
            self.pending.removeValue(forKey: waiter.number)?.completion(ConversationAnswer(problem, status: status))
        }
        pending[waiter.number] = waiting
    }

    /// News for some who waited here.
    func take(_ notices: [(number: UInt64, notice: Settlement.Notice)]) {
        for (number, notice) in notices {
            if case .fetch(let fetch) = notice {
                pending[number]?.fetch = (fetch.id, true)
                if let waiting = pending[number] { perform(fetch, for: waiting) }
                continue
            }
            guard let waiting = pending.removeValue(forKey: number) else { continue }
            waiting.timer?.cancel()
            // It waited for Divar all the same.
            if waiting.fetch?.isOwn == false {
                let lasted = (NIODeadline.now() - waiting.since).nanoseconds / 1000
                waiting.call.notes.waitedForDivar(microseconds: lasted)
            }
            switch notice {
            case .answer(let answer):
                if answer.status.isCollapsed { noteFromMemory(waiting) }
                waiting.completion(ConversationAnswer(answer))
            case .problem(let problem, let status): waiting.completion(ConversationAnswer(problem, status: status))
            case .fetch: break
            }
        }
    }

    // MARK: Asking Divar

    private func perform(_ fetch: Fetch, for waiting: Pending) {
        var hasEnded = false
        let stop = ask(for: waiting, validators: fetch.validators) { end, times in
            hasEnded = true
            self.underWay[fetch.id] = nil
            let settlement = self.cache.use { $0.end(fetch.id, with: end, times: times) }
            self.cache.deliver(settlement, from: self.loop)
        }
        if !hasEnded { underWay[fetch.id] = stop }
    }

    private func bypass(
        _ read: ConversationRead,
        for waiting: Pending,
        token: TokenDigest,
        reason: ForwardReason
    ) -> () -> Void {
        return ask(for: waiting, validators: Validators()) { end, _ in
            let status = CacheStatus.forwarded(reason, status: end.status)
            if case .refused = end { self.cache.use { $0.drop(token) } }
            switch end {
            case .conversation(let body, let entityTag, _), .unkept(let body, let entityTag, _):
                let content = CachedContent.conversation(body: body, entityTag: entityTag)
                waiting.completion(ConversationAnswer(CachedAnswer(content: content, age: nil, status: status)))
            case .notModified:
                waiting.completion(ConversationAnswer(FetchEnd.unasked, status: status))
            case .notFound(let problem, _), .refused(let problem), .failed(let problem), .rejected(let problem):
                waiting.completion(ConversationAnswer(problem, status: status))
            }
        }
    }

    private func ask(
        for waiting: Pending,
        validators: Validators,
        completion: @escaping (FetchEnd, AnswerTimes) -> Void
    ) -> () -> Void {
        guard let delay = settings.hedgeReadsAfter else {
            return askOnce(for: waiting, validators: validators, completion: completion)
        }
        let hedged = HedgedRead(
            ask: { self.askOnce(for: waiting, validators: validators, completion: $0) }, completion: completion)
        hedged.begin(hedgingAfter: delay, on: eventLoop) { [caller] in caller.gate.mayRepeatRead() }
        return { hedged.cancel() }
    }

    private func askOnce(
        for waiting: Pending,
        validators: Validators,
        completion: @escaping (FetchEnd, AnswerTimes) -> Void
    ) -> () -> Void {
        let started = SharedConversationCache.microseconds(.now())
        let fail = { (problem: Problem, end: (Problem) -> FetchEnd) in
            completion(end(problem), AnswerTimes(requested: started, received: started, receivedUnix: 0))
        }
        var exchangeInHand: UpstreamExchange?
        let leaveQueue = caller.gate.enter(for: waiting.call, purpose: .read, deadline: waiting.deadline) {
            [caller] entered in
            guard case .success(let pass) = entered else {
                if case .failure(let problem) = entered { fail(problem, FetchEnd.failed) }
                return
            }
            let exchange: UpstreamExchange
            do throws(Problem) {
                exchange = try UpstreamExchange(
                    .readConversation, for: waiting.call, by: caller, validators: validators,
                    deadline: waiting.deadline
                ) { DivarRequest(reading: waiting.conversation, through: $0) }
            } catch {
                caller.gate.leave(pass, signal: .unused, isSpent: false)
                fail(error, FetchEnd.rejected)
                return
            }
            exchangeInHand = exchange
            exchange.run(pass) { end in
                let unix = Int(Date().timeIntervalSince1970)
                let times = AnswerTimes(
                    requested: SharedConversationCache.microseconds(end.requested),
                    received: SharedConversationCache.microseconds(end.received),
                    receivedUnix: unix
                )
                completion(FetchEnd(end, now: unix), times)
                self.note(end, of: waiting)
            }
        }
        return {
            leaveQueue()
            if let attempts = exchangeInHand?.cancel() { self.note(givenUp: waiting, after: attempts) }
        }
    }

    // MARK: The trail

    private func note(_ end: UpstreamEnd, of waiting: Pending) {
        guard settings.readRecording != .none else { return }
        journal.note(RecordDraft(reading: waiting.conversation, for: waiting.call, end: end))
    }

    /// Divar may have heard of it.
    private func note(givenUp waiting: Pending, after attempts: Int) {
        guard settings.readRecording != .none else { return }
        journal.note(
            RecordDraft(givingUpReading: waiting.conversation, for: waiting.call, after: attempts))
    }

    private func noteFromMemory(_ waiting: Pending) {
        guard settings.readRecording == .all else { return }
        journal.note(RecordDraft(readingFromMemory: waiting.conversation, for: waiting.call))
    }

    /// A time of the calendar as one of the clock that never goes back.
    private static func uptime(ofUnix seconds: Int, now: NIODeadline) -> Int64 {
        let ahead = Double(seconds) - Date().timeIntervalSince1970
        return SharedConversationCache.microseconds(now) + Int64(ahead * 1_000_000)
    }
}
