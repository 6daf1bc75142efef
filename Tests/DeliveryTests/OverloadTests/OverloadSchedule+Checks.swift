@testable import Delivery

extension OverloadSchedule {
    /// What a call may be told at once.
    mutating func check(_ decision: GuardDecision, of call: Waiting) {
        switch (decision, state) {
        case (.go, .open): fail("a call went though the breaker is open")
        case (.go, .halfOpen): checkProbe(call.purpose)
        case (.wait, .open), (.wait, .halfOpen): fail("a call waits though the breaker isn't closed")
        case (.refuse(let refusal), _):
            check(refusal, of: call)
            let isHeldBack = refusal.reason == .breakerOpen
            if isHeldBack != (state != .closed) { fail("\(refusal) though the breaker is \(state)") }
            if refusal.reason == .waitedTooLong, call.deadline > now { fail("\(refusal) for who had time") }
        default: break
        }
        if decision == .wait, machine.status.waiting > settings.queue { fail("\(machine.status.waiting) wait") }
        checkPlaces(isGrant: decision == .go)
    }

    /// What a call may be told that waits.
    mutating func check(_ notice: GuardNotice, of call: Waiting) {
        if now > call.until + late { fail("\(notice) came \(now - call.until) too late") }
        guard let refusal = notice.refusal else {
            if now >= call.until { fail("\(notice) though its time is over") }
            return
        }
        check(refusal, of: call)
        if refusal.reason == .waitedTooLong, now < call.until { fail("\(notice) for who had time") }
    }

    private mutating func check(_ refusal: GuardRefusal, of call: Waiting) {
        let longest = max(30, (settings.longestOpenFor + Self.second - 1) / Self.second)
        if !(1...Int(longest)).contains(refusal.retryAfterSeconds) { fail("\(refusal)") }
        // Who is out of time from the beginning has nothing to do with Divar.
        guard call.asked > healed, call.deadline - call.asked > Self.second / 2 else { return }
        refusedHealed += 1
        if isCrowded, refusal.reason != .breakerOpen { return }
        fail("\(refusal) though Divar is well since \(now - divar.wellSince) µs")
    }

    private mutating func checkProbe(_ purpose: GuardPurpose) {
        if flights.contains(where: \.isProbe) { fail("a second probe") }
        guard purpose == .send else { return }
        tally.sendProbes += 1
        let unread = now - (lastHalfOpenRead ?? leftAlone + settings.openFor)
        if unread < CircuitBreaker.sendsProbeAfter { fail("a send is the probe \(unread) µs after a read") }
    }

    mutating func checkPlaces(isGrant: Bool) {
        let status = machine.status
        if isGrant, status.inFlight > status.concurrencyLimit {
            fail("\(status.inFlight) under way of \(status.concurrencyLimit)")
        }
        if !settings.concurrency.contains(status.concurrencyLimit) { fail("a limit of \(status.concurrencyLimit)") }
    }

    /// Whether the guard knows the same calls.
    mutating func checkCalls() {
        let status = machine.status
        if status.inFlight != flights.count { fail("\(status.inFlight) under way and not \(flights.count)") }
        // Some who wait have been refused and will be told.
        if status.waiting > waiting.count { fail("\(status.waiting) wait and not \(waiting.count)") }
        if waiting.isEmpty, machine.nextEvent == .min { fail("a notice for nobody") }
    }

    /// Follows the breaker, which is seen after each step.
    mutating func checkState() {
        let next = machine.status.breaker
        guard next != state else { return }
        switch (state, next) {
        case (.closed, .open), (.halfOpen, .open):
            leftAlone = state == .closed ? now : probeBegun
            tally.openings += 1
        case (.open, .halfOpen):
            lastHalfOpenRead = nil
            // A probe that hung was some of that time.
            if now - leftAlone < settings.openFor { fail("half-open after \(now - leftAlone) µs") }
        case (.halfOpen, .closed): tally.closings += 1
        default: fail("from \(state) to \(next)")
        }
        state = next
        if machine.takeBreakerChange() != next { fail("a change to \(next) that isn't told") }
        if next != .closed, machine.status.waiting > 0 { fail("calls wait though the breaker is \(next)") }
    }

    mutating func checkRepeats() {
        tally.repeats += 1
        if state != .closed { fail("a second attempt though the breaker is \(state)") }
        let few = settings.retriesPerSecond * (RetryBudget.savedSeconds + Int((now - start) / Self.second) + 1)
        let share = earned * settings.retryBudgetPercent / 100
        if repeats > few + share { fail("\(repeats) second attempts of \(share) and \(few)") }
    }

    mutating func checkEnd(steps: Int) {
        guard violation == nil else { return }
        let status = machine.status
        if steps >= 20_000 { fail("no end") }
        if !waiting.isEmpty || !flights.isEmpty { fail("\(waiting.count) wait, \(flights.count) are under way") }
        if status.inFlight != 0 || status.waiting != 0 { fail("\(status) though all is over") }
        if refusedHealed * 2 > comeHealed { fail("\(refusedHealed) of \(comeHealed) refused though all is well") }
        if status.breaker != .closed { fail("the breaker is \(status.breaker) at the end") }
    }
}
