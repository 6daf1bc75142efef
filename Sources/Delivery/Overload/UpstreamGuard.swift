/// Keeps calls to Divar to what it can take: a limit of how many are under way, a queue before it, a breaker that holds
/// all back while Divar fails, and a budget of second attempts. Decides, and does nothing.
///
/// `now` and deadlines are in microseconds of a monotonic clock. Every call asks with a ticket of its own; of each that
/// was let through the end has to be told, once. Memory is bounded by the limit's maximum and the queue.
package struct UpstreamGuard: Sendable {
    /// What has to be known of a call that is under way.
    private struct Grant {
        let begun: Int64
        let deadline: Int64
        /// The limit's.
        let epoch: UInt64
        /// The breaker's.
        let generation: UInt64
    }

    /// What refused callers are told at most where the queue is long.
    private static let longestRetryAfter: Int64 = 30_000_000

    private var settings: OverloadSettings
    private var limit: ConcurrencyLimit
    private var breaker: CircuitBreaker
    private var budget: RetryBudget
    private var queue = GuardQueue()
    private var grants: [GuardTicket: Grant] = [:]
    /// Decisions that were made while a call asked, for others.
    private var undelivered: [GuardNotice] = []
    private var reported = BreakerState.closed

    package init(settings: OverloadSettings) {
        self.settings = settings
        limit = ConcurrencyLimit(settings)
        breaker = CircuitBreaker(settings)
        budget = RetryBudget(settings)
    }

    package var status: UpstreamGuardStatus {
        UpstreamGuardStatus(
            concurrencyLimit: limit.limit, inFlight: grants.count, waiting: queue.count, breaker: breaker.state)
    }

    /// The breaker's state where it is another one than was last said.
    package mutating func takeBreakerChange() -> BreakerState? {
        guard breaker.state != reported else { return nil }
        reported = breaker.state
        return reported
    }

    /// Takes new settings. Nobody who waits waits longer or shorter for it; who has no place any more is refused.
    package mutating func reconfigure(_ settings: OverloadSettings, now: Int64) -> [GuardNotice] {
        self.settings = settings
        limit.reconfigure(settings)
        breaker.reconfigure(settings)
        budget.reconfigure(settings)
        var notices = advance(now: now)
        while queue.count > max(0, settings.queue) {
            guard let waiter = queue.removeNewest(.read) ?? queue.removeNewest(.send) else { break }
            notices.append(refusal(of: waiter, .queueFull, now: now))
        }
        return notices
    }

    // MARK: Calls

    /// A call asks to go to Divar.
    package mutating func ask(
        _ ticket: GuardTicket,
        for purpose: GuardPurpose,
        deadline: Int64,
        now: Int64
    ) -> GuardDecision {
        precondition(grants[ticket] == nil && !queue.contains(ticket), "a ticket asks once")
        advanceBreaker(now: now)
        let hasRoom = hasRoom
        switch breaker.admit(ticket, for: purpose, deadline: deadline, hasRoom: hasRoom, now: now) {
        case .refuse(let wait):
            return .refuse(refusal(.breakerOpen, wait: wait))
        case .probe:
            grant(ticket, deadline: deadline, now: now)
            return .go
        case .pass:
            guard deadline > now else { return .refuse(refusal(.waitedTooLong, now: now)) }
            if hasRoom, queue.isEmpty {
                grant(ticket, deadline: deadline, now: now)
                return .go
            }
            let waiter = GuardQueue.Waiter(ticket: ticket, deadline: deadline, purpose: purpose)
            return enqueue(waiter, now: now)
        }
    }

    /// A call that was let through is over. Of one that is not known nothing is learned.
    package mutating func ended(_ signal: GuardSignal, ticket: GuardTicket, now: Int64) -> [GuardNotice] {
        let inFlight = grants.count
        guard let grant = grants.removeValue(forKey: ticket) else { return advance(now: now) }
        switch signal {
        case .fine, .overloaded, .failed: budget.earn()
        case .unreachable, .unused: break
        }
        let isTimeout = signal == .overloaded && grant.deadline <= now
        let isTried = !isTimeout || now - grant.begun >= settings.shortestTrial
        let signal = isTried ? signal : .unused
        if breaker.isProbe(ticket) {
            breaker.probeEnded(isFailure: signal == .unused ? nil : signal != .fine, now: now)
        } else if breaker.state == .closed, grant.generation == breaker.generation {
            judge(signal, of: grant, isTimeout: isTimeout, inFlight: inFlight, now: now)
        }
        return advance(now: now)
    }

    /// A call doesn't wait any more. False where it doesn't wait: then its decision was made, and what that grants has
    /// to be given back.
    package mutating func abandon(_ ticket: GuardTicket) -> Bool { queue.remove(ticket) }

    /// Whether a read may be tried a second time, which counts as one that was. None is while Divar is held to fail:
    /// it would be refused.
    package mutating func mayRetry(now: Int64) -> Bool { breaker.state == .closed && budget.take(now: now) }

    // MARK: Time

    /// When `advance` has something to do; in the past where it has now.
    package var nextEvent: Int64? {
        guard undelivered.isEmpty else { return .min }
        return [queue.nextEnd, breaker.nextEvent].compactMap(\.self).min()
    }

    package mutating func advance(now: Int64) -> [GuardNotice] {
        advanceBreaker(now: now)
        var notices = undelivered
        undelivered = []
        while let waiter = queue.removeEnded(now: now) {
            notices.append(refusal(of: waiter, .waitedTooLong, now: now))
        }
        // Nobody waits while the breaker isn't closed.
        while hasRoom, let waiter = queue.removeOldest() {
            grant(waiter.ticket, deadline: waiter.deadline, now: now)
            notices.append(GuardNotice(ticket: waiter.ticket, decision: .go))
        }
        return notices
    }

    private mutating func advanceBreaker(now: Int64) {
        if let lost = breaker.advance(now: now) { grants[lost] = nil }
    }

    // MARK: Places

    private var hasRoom: Bool { grants.count < limit.limit }

    private mutating func grant(_ ticket: GuardTicket, deadline: Int64, now: Int64) {
        grants[ticket] = Grant(
            begun: now, deadline: deadline, epoch: limit.epoch, generation: breaker.generation)
    }

    private mutating func enqueue(_ waiter: GuardQueue.Waiter, now: Int64) -> GuardDecision {
        if queue.count >= settings.queue {
            guard let shed = makePlace(for: waiter.purpose, now: now) else {
                return .refuse(refusal(.queueFull, now: now))
            }
            undelivered.append(shed)
        }
        let (latest, isNever) = now.addingReportingOverflow(settings.maximumWait)
        queue.add(waiter, until: isNever ? waiter.deadline : min(waiter.deadline, latest))
        return .wait
    }

    /// Somebody for whom another can wait; at most as many as the queue has places between two looks at the time.
    private mutating func makePlace(for purpose: GuardPurpose, now: Int64) -> GuardNotice? {
        guard undelivered.count < settings.queue else { return nil }
        if let ended = queue.removeEnded(now: now) { return refusal(of: ended, .waitedTooLong, now: now) }
        guard purpose == .send, let read = queue.removeNewest(.read) else { return nil }
        return refusal(of: read, .queueFull, now: now)
    }

    // MARK: Judgement

    private mutating func judge(
        _ signal: GuardSignal,
        of grant: Grant,
        isTimeout: Bool,
        inFlight: Int,
        now: Int64
    ) {
        switch signal {
        case .unused:
            return
        case .fine:
            limit.succeeded(inFlight: inFlight, now: now)
            _ = breaker.note(isFailure: false, generation: grant.generation, now: now)
            return
        case .overloaded:
            limit.overloaded(epoch: grant.epoch, now: now)
            // That there are too many is for the limit to mend, as long as there can be fewer.
            guard isTimeout || inFlight <= settings.concurrency.lowerBound else { return }
        case .unreachable:
            limit.overloaded(epoch: grant.epoch, now: now)
        case .failed:
            break
        }
        guard breaker.note(isFailure: true, generation: grant.generation, now: now) else { return }
        limit.halve(now: now)
        while let waiter = queue.removeOldest() {
            let refusal = refusal(.breakerOpen, wait: (breaker.nextEvent ?? now) - now)
            undelivered.append(GuardNotice(ticket: waiter.ticket, decision: .refuse(refusal)))
        }
    }

    // MARK: Refusals

    private mutating func refusal(of waiter: GuardQueue.Waiter, _ reason: GuardRefusal.Reason, now: Int64)
        -> GuardNotice
    {
        GuardNotice(ticket: waiter.ticket, decision: .refuse(refusal(reason, now: now)))
    }

    /// Worth another try when those who wait now will have been served.
    private mutating func refusal(_ reason: GuardRefusal.Reason, now: Int64) -> GuardRefusal {
        breaker.rollWindow(now: now)
        let wait = breaker.window.time(for: queue.count, now: now) ?? settings.maximumWait
        return refusal(reason, wait: min(wait, UpstreamGuard.longestRetryAfter))
    }

    private func refusal(_ reason: GuardRefusal.Reason, wait: Int64) -> GuardRefusal {
        GuardRefusal(reason: reason, retryAfterSeconds: Int(max(1, (wait + 999_999) / 1_000_000)))
    }
}
