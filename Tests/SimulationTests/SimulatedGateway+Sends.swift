import ConversationCache
import Delivery
import JournalConformance
import Messaging

@testable import Journal

/// Sends, at once and by the queue.
extension SimulatedGateway {
    private func record(_ kind: RecordKind, _ call: SimulatedCall) -> RecordDraft {
        var record = RecordDraft(kind)
        (record.caller, record.app) = (call.caller, World.app)
        record.operation = Messaging.Operation.botMessageToConversation.rawValue
        record.conversation = call.conversation.text
        return record
    }

    private func intent(_ call: SimulatedCall, _ message: MessageID, queued: QueuedMessage? = nil) throws
        -> IntentSubmission
    {
        let claim = call.key.flatMap { key in
            world.plant == .ignoresKeys
                ? nil : (name: ClaimName(caller: call.caller, key: key), expires: now + 3_600_000_000)
        }
        return try IntentSubmission(
            message: message, record: record(.intent, call), draft: call.draft, sealer: ContentSealer(), claim: claim,
            queued: queued
        )
    }

    func send(_ call: SimulatedCall) {
        let message = world.schedule.clock.makeID()
        call.messages.append(message)
        let deadline = now + call.patience
        enter(call.caller, .send, deadline: deadline) { [self] pass in
            guard let pass else { return call.answer(.refused) }
            guard let intent = try? intent(call, message) else { return call.answer(.refused) }
            let exchange = exchange(
                .botMessageToConversation, call.caller, message: message, conversation: call.conversation,
                deadline: deadline
            ) { [self] in settle(call, message, $0) }
            guard let exchange else {
                leave(pass, .unused, isSpent: false)
                return call.answer(.refused)
            }
            if world.plant == .sendsBeforeTheIntentIsDurable { begin(call, exchange, pass) }
            journal.submit(.intent(intent)) { [self] result in
                guard isAlive else { return }
                if case .committed = result {
                    if world.plant != .sendsBeforeTheIntentIsDurable { begin(call, exchange, pass) }
                    return
                }
                if world.plant == .sendsBeforeTheIntentIsDurable { return call.answer(.refused) }
                leave(pass, .unused, isSpent: false)
                call.answer(SimulatedGateway.answer(to: result))
            }
        }
    }

    private static func answer(to result: JournalResult) -> SimulatedCall.Answer {
        if case .replay(let claim) = result, let outcome = claim.life?.report.outcome {
            return .told(outcome, claim.message)
        }
        return .refused
    }

    private func begin(_ call: SimulatedCall, _ exchange: Exchange, _ pass: Pass) {
        if world.plant != .readsPastTheFence { cache.beginSend(to: call.conversation) }
        perform(exchange, pass)
    }

    private func outcome(of end: ExchangeEnd) -> Outcome {
        let outcome = OutcomeRule.outcome(of: end.result)
        return world.plant == .guessesThatItWasSent && outcome == .unknown ? .sent : outcome
    }

    private func unfence(_ conversation: ConversationID, _ outcome: Outcome) {
        guard world.plant != .readsPastTheFence else { return }
        cache.endSend(to: conversation, isProvenNotSent: outcome == .notSent)
        if outcome == .unknown { cache.doubt(conversation, now: now) }
    }

    private func settle(_ call: SimulatedCall, _ message: MessageID, _ end: ExchangeEnd) {
        let outcome = outcome(of: end)
        unfence(call.conversation, outcome)
        var record = RecordDraft(.outcome)
        (record.outcome, record.attempts, record.endpoint) = (outcome, end.attempts, end.endpoint)
        if world.plant == .answersBeforeTheRecord { call.answer(.told(outcome, message)) }
        journal.submit(.outcome(record, of: message, answer: nil)) { [self] result in
            guard isAlive else { return }
            if case .committed = result { return call.answer(.told(outcome, message)) }
            // It is told, with the word that the trail doesn't have it yet.
            call.answer(.toldWithoutRecord(outcome))
        }
    }

    // MARK: The queue

    func enqueue(_ call: SimulatedCall) {
        let message = world.schedule.clock.makeID()
        call.messages.append(message)
        let lane = "app/\(call.conversation.text)"
        let queued = QueuedMessage(
            message: message, app: World.app, caller: call.caller, lane: lane, payload: [],
            expires: now + call.patience * 20)
        guard let intent = try? intent(call, message, queued: queued) else { return call.answer(.refused) }
        journal.submit(.intent(intent)) { [self] result in
            guard isAlive else { return }
            switch result {
            case .committed:
                queue.add(message, lane: lane, expires: queued.expires)
                call.answer(.accepted(message))
                pump()
            case .waiting(let other, _): call.answer(.accepted(other))
            default: call.answer(SimulatedGateway.answer(to: result))
            }
        }
    }

    func pump() {
        for step in queue.advance(now: now) {
            switch step {
            case .attempt(let message): prepare(message)
            case .expire(let message, let attempts): conclude(message, .notSent, attempts)
            }
        }
        guard let next = queue.nextEvent, max(next, now + 1000) < nextPump else { return }
        nextPump = max(next, now + 1000)
        after(nextPump - now) { [self] in
            nextPump = .max
            pump()
        }
    }

    private func conclude(_ message: MessageID, _ outcome: Outcome, _ attempts: Int) {
        var record = RecordDraft(.outcome)
        (record.outcome, record.attempts) = (outcome, attempts)
        journal.submit(.outcome(record, of: message, answer: nil, queue: .remove(message))) { _ in }
    }

    private func postpone(_ message: MessageID) {
        queue.postponed(message, until: now + 1_000_000)
        pump()
    }

    private func prepare(_ message: MessageID) {
        journal.submit(.queued(message)) { [self] result in
            guard isAlive else { return }
            guard case .queued(let queued?) = result else { return postpone(message) }
            let deadline = now + 3_000_000
            enter(queued.caller, .send, deadline: deadline) { [self] pass in
                guard let pass else { return postpone(message) }
                let conversation = world.conversation(ofLane: queued.lane)
                let exchange = exchange(
                    .botMessageToConversation, queued.caller, message: message, conversation: conversation,
                    deadline: deadline
                ) { [self] in settle(queued, conversation, $0) }
                guard let exchange, queue.begun(message, now: now) else {
                    leave(pass, .unused, isSpent: false)
                    return postpone(message)
                }
                attempt(queued, conversation, exchange, pass)
            }
        }
    }

    private func attempt(
        _ queued: QueuedMessage, _ conversation: ConversationID, _ exchange: Exchange, _ pass: Pass
    ) {
        let state: QueuedMessage.State = world.plant == .forgetsThatItBegan ? .waiting : .attempting
        let change = QueueChange.update(
            queued.message, state: state, attempts: queued.attempts, expires: queued.expires, retryAt: 0)
        journal.submit(.step(RecordDraft(.attempt), of: queued.message, change: change)) { [self] result in
            guard isAlive else { return }
            guard case .committed = result else {
                leave(pass, .unused, isSpent: false)
                return postpone(queued.message)
            }
            if world.plant != .readsPastTheFence { cache.beginSend(to: conversation) }
            perform(exchange, pass)
        }
    }

    private func settle(_ queued: QueuedMessage, _ conversation: ConversationID, _ end: ExchangeEnd) {
        let outcome = outcome(of: end)
        unfence(conversation, outcome)
        let problem = ProblemRule.problem(for: end.result)
        let mayAgain =
            (outcome == .notSent && (problem.map { SendQueueRule.isOfTheMoment($0.kind) } ?? false))
            || (outcome == .unknown && world.plant == .sendsTheUnknownAgain)
        let follow = queue.ended(
            queued.message, mayAgain ? .notSent(attempts: end.attempts, retryAfterSeconds: nil) : .settled,
            jitter: 0.5, now: now)
        switch follow {
        case .finished(let attempts): conclude(queued.message, outcome, attempts + end.attempts)
        case .deferred(let attempts, let until):
            let change = QueueChange.update(
                queued.message, state: .waiting, attempts: attempts, expires: queued.expires, retryAt: until)
            journal.submit(.step(RecordDraft(.deferral), of: queued.message, change: change)) { _ in }
        }
        pump()
    }
}
