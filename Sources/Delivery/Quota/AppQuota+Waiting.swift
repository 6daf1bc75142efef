import Messaging

/// Calls that wait: whose turn it is, and who has waited long enough.
extension AppQuota {
    mutating func ask(_ ticket: QuotaTicket, caller: CallerName, deadline: Int64, now: Int64) -> QuotaDecision {
        // It waits already, and will be told once.
        if calls[ticket] != nil { return .wait }
        let now = advance(to: now)
        let index = place(of: caller)
        accounts[index].demand.ask(now: now)
        // Nobody passes those who wait for what has just come free, nor a caller's own calls that came before.
        let isFree = calls.isEmpty || (nextService > now && accounts[index].waiting.count == 0)
        if isFree && admits(index, now: now) {
            grant(index)
            return .go
        }
        let (refusal, opening) = refusal(for: index, in: allocation(behindThoseBefore: index), now: now)
        let end = min(now + settings.maximumWait, deadline)
        guard calls.count < AppQuota.maximumWaiting, opening <= end, opening < deadline else { return .refuse(refusal) }
        enqueue(ticket, caller: caller, at: index, deadline: deadline, end: end, now: now)
        return .wait
    }

    private mutating func enqueue(
        _ ticket: QuotaTicket, caller: CallerName, at index: Int, deadline: Int64, end: Int64, now: Int64
    ) {
        if calls.isEmpty { scheduleService(now: now) }
        lastNumber += 1
        calls[ticket] = WaitingCall(caller: caller, number: lastNumber, deadline: deadline, end: end)
        accounts[index].waiting.insert(CallOrder.Element(key: 0, number: lastNumber, ticket: ticket))
        ends.insert(CallOrder.Element(key: end, number: lastNumber, ticket: ticket))
    }

    /// Places lapse, and demands are forgotten, where a second begins: the buckets of the day end there too.
    private mutating func scheduleService(now: Int64) {
        nextService = SlidingCounter.boundary(after: now, width: QuotaWindow.minute.bucket)
        for end in [minute.block.end, day.block.end] where end > now { nextService = min(nextService, end) }
    }

    /// When those who wait are to be looked at again.
    var nextEvent: Int64? { ends.first.map { min($0.key, nextService) } }

    mutating func abandon(_ ticket: QuotaTicket) -> Bool {
        guard let call = calls.removeValue(forKey: ticket) else { return false }
        accounts[place(of: call.caller)].waiting.remove(key: 0, number: call.number)
        ends.remove(key: call.end, number: call.number)
        return true
    }

    /// Gives what is free to those who wait, and turns away who has waited long enough.
    mutating func serve(now: Int64) -> [QuotaNotice] {
        guard !calls.isEmpty else { return [] }
        // A place would be of no use to these. Others get one even if the timer comes a little late.
        let overdue = ends.all.prefix { $0.key <= now }
        let dead = overdue.filter { calls[$0.ticket].map { $0.deadline <= now } ?? true }
        var notices = refuse(dead.map(\.ticket), now: now)
        if !isShut(at: now) { notices += serveInTurn() }
        notices += refuse(overdue.map(\.ticket), now: now)
        scheduleService(now: now)
        return notices
    }

    private mutating func serveInTurn() -> [QuotaNotice] {
        var notices: [QuotaNotice] = []
        var allocation = allocation(asker: nil)
        while let index = next(in: allocation), let first = accounts[index].waiting.first {
            _ = abandon(first.ticket)
            grant(index)
            allocation.take(index)
            notices.append(QuotaNotice(ticket: first.ticket, decision: .go))
        }
        return notices
    }

    /// Of the callers that wait and may have a place the one that is furthest below its share.
    private func next(in allocation: QuotaAllocation) -> Int? {
        var best: (index: Int, number: UInt64)?
        for index in accounts.indices {
            guard let first = accounts[index].waiting.first, allocation.admits(index) else { continue }
            if let best {
                let isBefore = allocation.isNeedier(index, than: best.index) ?? (first.number < best.number)
                guard isBefore else { continue }
            }
            best = (index, first.number)
        }
        return best?.index
    }

    /// Those of them that still wait.
    private mutating func refuse(_ tickets: [QuotaTicket], now: Int64) -> [QuotaNotice] {
        var notices: [QuotaNotice] = []
        for ticket in tickets {
            guard let call = calls[ticket] else { continue }
            _ = abandon(ticket)
            let index = place(of: call.caller)
            let refusal = refusal(for: index, in: allocation(behindThoseBefore: index), now: now).refusal
            notices.append(QuotaNotice(ticket: ticket, decision: .refuse(refusal)))
        }
        return notices
    }

    /// Divar answered 429 although there seemed to be room.
    mutating func limited(_ window: QuotaWindow?, retryAfterSeconds: Int?, now: Int64) -> [QuotaNotice] {
        // Where Divar doesn't say which window it is, more than a minute can only be the day's.
        let isLong = (retryAfterSeconds ?? 0) > Int(QuotaWindow.minute.length / 1_000_000)
        switch window ?? (isLong ? .day : .minute) {
        case .minute: minute.block.shut(retryAfterSeconds: retryAfterSeconds, pause: settings.pause, now: now)
        case .day: day.block.shut(retryAfterSeconds: retryAfterSeconds, pause: settings.pause, now: now)
        }
        let opening = max(minute.block.end, day.block.end)
        let late = ends.all.prefix { $0.key < opening }
        let notices = refuse(late.map(\.ticket), now: now)
        scheduleService(now: now)
        return notices
    }
}
