import Delivery
import Messaging
import SeededCases

/// What must hold in the end, when nobody asks any more.
extension QuotaSchedule {
    private static let alignments = 4

    mutating func finish() {
        passAll(2 * PlainUsage.length(.minute))
        if !waiters.isEmpty || mirror.nextEvent != nil { complain("somebody waits for ever") }
        checkRemaining()
        checkRetryAfter()
        checkCounts()
        // The pauses end within an hour, and the last attempts in two minutes.
        passAll(PlainUsage.hour + PlainUsage.length(.minute))
        checkQuiet(.minute, limit: settings.perMinute)
        passAll(PlainUsage.length(.day) + PlainUsage.bucket(.day))
        checkQuiet(.day, limit: settings.perDay)
        if mirror.usage(of: app, now: tell(now)).usedToday != 0 { complain("something is counted for ever") }
    }

    /// Lets time pass until the last attempt has ended too.
    private mutating func passAll(_ time: Int64) {
        pass(until: now + time)
        while complaints.isEmpty, let last = attempts.map(\.told).max() { pass(until: last) }
    }

    private mutating func checkCounts() {
        for (window, limit) in [(QuotaWindow.minute, settings.perMinute), (.day, settings.perDay)] {
            guard let limit else { continue }
            let length = PlainUsage.length(window)
            var most = max(divar.mostInSlidingWindow(length: length), divar.mostPossible(length: length))
            for _ in 0..<QuotaSchedule.alignments {
                let alignment = Int64.random(in: 0..<length, using: &random)
                most = max(most, divar.mostInFixedWindow(length: length, alignment: alignment))
            }
            if most > limit { complain("Divar sees \(most) of \(limit) in a \(window.rawValue)") }
        }
    }

    /// Asks without waiting.
    private mutating func mayGo(_ caller: Int) -> QuotaDecision {
        lastTicket += 1
        let time = tell(now)
        usage.ask(caller, at: clock)
        return mirror.ask(
            QuotaTicket(loop: 1, number: lastTicket), app: app, caller: callers[caller], deadline: time, now: time)
    }

    /// A caller gets as much as it was told that it may still use.
    private mutating func checkRemaining() {
        let caller = random.below(callers.count)
        let limits = mirror.status(of: app, caller: callers[caller], now: tell(now))
        guard let remaining = limits.map(\.remaining).min() else { return }
        for number in 0...remaining {
            let isLast = number == remaining
            guard (mayGo(caller) == .go) != isLast else {
                return complain("\(callers[caller]) has \(number) of \(remaining) that remained")
            }
            if !isLast { begin(caller) }
        }
        passAll(PlainUsage.second)
    }

    /// What a window that nobody uses has for a caller: all that others' reserves leave.
    private func most(of caller: Int, _ window: QuotaWindow, limit: Int?) -> Int {
        let others = callers.indices.filter { $0 != caller }
        return (limit ?? .max) - others.reduce(0) { $0 + reserve(of: $1, window) }
    }

    /// Whoever comes back when it was told to, and finds nobody else asking, has a place.
    private mutating func checkRetryAfter() {
        let caller = random.below(callers.count)
        guard most(of: caller, .minute, limit: settings.perMinute) > 0,
            most(of: caller, .day, limit: settings.perDay) > 0
        else { return }
        switch mayGo(caller) {
        case .go, .wait: break
        case .refuse(let refusal):
            check(refusal)
            pass(until: now + Int64(refusal.retryAfterSeconds) * PlainUsage.second)
            guard mayGo(caller) == .go else { return complain("\(callers[caller]) has no place after \(refusal)") }
        }
        settle(mirror.ended(app: app, caller: callers[caller], spent: false, now: tell(now)))
    }

    /// Everything is free again.
    private mutating func checkQuiet(_ window: QuotaWindow, limit: Int?) {
        guard let limit else { return }
        for caller in callers.indices {
            let limits = mirror.status(of: app, caller: callers[caller], now: tell(now))
            let remaining = limits.first { $0.name == window.rawValue }?.remaining
            let expected = most(of: caller, window, limit: limit)
            if remaining != expected {
                complain("\(callers[caller]) has \(remaining ?? -1) of \(expected) in a quiet \(window.rawValue)")
            }
        }
    }
}
