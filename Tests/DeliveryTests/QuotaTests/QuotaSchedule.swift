import Delivery
import Messaging
import SeededCases

/// A random course of asks, ends, refusals by Divar, restarts and settings, with what must hold at each step.
///
/// Times are Divar's. Only what the mirror is told is said by the clock of its process, which begins anew with it.
struct QuotaSchedule {
    struct Attempt {
        let caller: Int
        let begin: Int64
        let end: Int64
        /// When the mirror is told of its end: the loop that it belongs to may be late.
        let told: Int64
        let isSpent: Bool
    }

    struct Waiter {
        let caller: Int
        let deadline: Int64
        let end: Int64
    }

    let app: AppName
    let callers: [CallerName]
    let mayReconfigure: Bool
    /// Whether somebody always wants more.
    let isBusy: Bool
    var settings: QuotaSettings
    var random: SplitMix64
    var mirror: QuotaMirror
    var divar = SimulatedDivar()
    var usage: PlainUsage
    var now: Int64
    /// The latest time that the mirror was told.
    var clock: Int64
    var attempts: [Attempt] = []
    var waiters: [QuotaTicket: Waiter] = [:]
    var lastTicket: UInt64 = 0
    var hasReconfigured = false
    var (granted, waited, served, refused, blocked, restarted) = (0, 0, 0, 0, 0, 0)
    /// What went wrong.
    var complaints: [String] = []

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        app = try Names.app(0)
        callers = try (0..<(1 + random.below(4))).map { try Names.caller($0) }
        mayReconfigure = random.chance(1, in: 3)
        isBusy = random.chance(1, in: 2)
        now = Int64(random.below(1_000_000)) * 1_000
        clock = now
        settings = QuotaSchedule.settings(
            perMinute: random.chance(4, in: 5) ? 1 + random.below(12) : nil,
            perDay: random.chance(1, in: 2) ? 1 + random.below(60) : nil, callers: callers, random: &random
        )
        mirror = QuotaMirror(settings: [app: settings])
        usage = PlainUsage(callers: callers.count)
    }

    static func settings(
        perMinute: Int?, perDay: Int?, callers: [CallerName], random: inout SplitMix64
    ) -> QuotaSettings {
        var shares: [CallerName: CallerShareSettings] = [:]
        var free = perMinute ?? perDay ?? 0
        for caller in callers where random.chance(1, in: 2) {
            let reserve = random.chance(1, in: 2) ? random.below(free + 1) : 0
            free -= reserve
            shares[caller] = CallerShareSettings(weight: 1 + random.below(4), reserve: reserve)
        }
        let wait = random.element(of: [0, 1_100_000, 2_000_000, 5_000_000, QuotaSettings.longestWait])
        return QuotaSettings(
            perMinute: perMinute, perDay: perDay, maximumWait: wait,
            pause: random.chance(1, in: 4) ? 0 : QuotaSettings.defaultPause, shares: shares
        )
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            pass(until: now + pause())
            usage.forget(at: clock)
            switch random.below(48) {
            case 0, 1: block()
            case 2: reconfigure()
            case 3: restart()
            case 4, 5, 6: abandon()
            default: for _ in 0..<(1 + random.below(4)) { ask() }
            }
        }
        finish()
    }

    private mutating func pause() -> Int64 {
        if isBusy, random.chance(39, in: 40) { return Int64(random.below(6_000_000)) }
        return switch random.below(60) {
        case 0: Int64(random.below(100_000)) * PlainUsage.second
        case 1, 2: Int64(random.below(7_200)) * PlainUsage.second
        case 3...10: Int64(random.below(120_000_000))
        case 11...28: Int64(random.below(8_000_000))
        default: Int64(random.below(400_000))
        }
    }

    private mutating func latency() -> Int64 {
        switch random.below(isBusy ? 100 : 20) {
        case 0: Int64(random.below(100_000_000))
        case 1, 2: Int64(random.below(10_000_000))
        default: Int64(random.below(300_000))
        }
    }

    // MARK: Time

    /// The mirror's time, for what happens at an instant.
    mutating func tell(_ instant: Int64) -> Int64 {
        clock = max(clock, instant)
        return instant - usage.epoch
    }

    private var nextEvent: Int64? { mirror.nextEvent.map { $0 + usage.epoch } }

    /// Lets time pass, and everything happen that is due.
    mutating func pass(until end: Int64) {
        while true {
            let ended = attempts.indices.min { attempts[$0].told < attempts[$1].told }
            let due = min(nextEvent ?? .max, ended.map { attempts[$0].told } ?? .max)
            guard due <= end else { break }
            now = max(now, due)
            if let ended, attempts[ended].told <= now { self.ended(attempts.remove(at: ended)) }
            guard let event = nextEvent, event <= now else { continue }
            settle(mirror.advance(now: tell(now)))
            checkWaiting()
            if let event = nextEvent, event <= now { return complain("an event is due for ever") }
        }
        now = max(now, end)
        checkWaiting()
        for (ticket, waiter) in waiters where waiter.end < now { complain("\(ticket) waits for too long") }
        if waiters.isEmpty != (mirror.nextEvent == nil) { complain("\(waiters.count) wait for no event") }
    }

    private mutating func ended(_ attempt: Attempt) {
        let told = tell(attempt.end)
        if attempt.isSpent {
            divar.count(begin: attempt.begin, end: attempt.end, random: &random)
            usage.end(attempt.caller, at: clock)
        } else {
            usage.underway[attempt.caller] -= 1
        }
        settle(mirror.ended(app: app, caller: callers[attempt.caller], spent: attempt.isSpent, now: told))
        if !attempt.isSpent { checkWaiting() }
    }

    // MARK: Events

    mutating func ask() {
        // What is due comes first, else the call waits for that.
        pass(until: now)
        let caller = random.below(callers.count)
        lastTicket += 1
        let ticket = QuotaTicket(loop: 0, number: lastTicket)
        let asked = random.chance(1, in: 8) ? now - Int64(random.below(1_500_000)) : now
        let time = tell(asked)
        let deadline = clock + (random.chance(1, in: 3) ? Int64(random.below(3_000_000)) : 30 * PlainUsage.second)
        usage.ask(caller, at: clock)
        let decision = mirror.ask(
            ticket, app: app, caller: callers[caller], deadline: deadline - usage.epoch, now: time)
        if decision != .go, let why = mustGo(caller) {
            complain("\(callers[caller]) is told \(decision) though \(why)")
        }
        switch decision {
        case .go: begin(caller)
        case .wait:
            waited += 1
            waiters[ticket] = Waiter(
                caller: caller, deadline: deadline, end: max(now, min(deadline, clock + settings.maximumWait)))
        case .refuse(let refusal): check(refusal)
        }
    }

    mutating func begin(_ caller: Int) {
        granted += 1
        usage.underway[caller] += 1
        let end = now + latency()
        let told = random.chance(1, in: 8) ? end + Int64(random.below(1_500_000)) : end
        attempts.append(
            Attempt(caller: caller, begin: now, end: end, told: told, isSpent: random.chance(5, in: 6)))
    }

    mutating func settle(_ notices: [QuotaNotice]) {
        for notice in notices {
            guard let waiter = waiters.removeValue(forKey: notice.ticket) else {
                complain("\(notice.ticket) is decided twice, or never waited")
                continue
            }
            if waiter.end < clock { complain("\(notice.ticket) is decided too late") }
            switch notice.decision {
            case .go:
                if waiter.deadline <= clock { complain("\(notice.ticket) goes after its deadline") }
                served += 1
                begin(waiter.caller)
            case .refuse(let refusal): check(refusal)
            }
        }
    }

    private mutating func abandon() {
        let ticket = waiters.keys.min { $0.number < $1.number } ?? QuotaTicket(loop: 0, number: lastTicket)
        let isWaiting = waiters.removeValue(forKey: ticket) != nil
        if mirror.abandon(ticket) != isWaiting { complain("abandoning \(ticket) should say \(isWaiting)") }
        if mirror.abandon(ticket) { complain("\(ticket) is abandoned twice") }
    }

    private mutating func block() {
        blocked += 1
        let window: QuotaWindow? = random.chance(1, in: 3) ? nil : random.chance(1, in: 2) ? .minute : .day
        let seconds: Int? = random.chance(1, in: 2) ? nil : random.below(4) - 1
        settle(mirror.limited(app: app, window: window, retryAfterSeconds: seconds, now: tell(now)))
    }

    /// The limits stay, so that Divar's count can be held against them.
    private mutating func reconfigure() {
        guard mayReconfigure else { return }
        hasReconfigured = true
        settings = QuotaSchedule.settings(
            perMinute: settings.perMinute, perDay: settings.perDay, callers: callers, random: &random)
        settle(mirror.reconfigure([app: settings], now: tell(now)))
    }

    /// The process ends with all its calls, and a new one begins with what the journal remembers.
    private mutating func restart() {
        restarted += 1
        waiters = [:]
        clock = now
        for attempt in attempts {
            divar.count(begin: attempt.begin, end: now, random: &random)
            usage.end(attempt.caller, at: now)
        }
        attempts = []
        usage.epoch = now - Int64(random.below(200_000_000_000))
        mirror = QuotaMirror(settings: [app: settings])
        for use in usage.ended {
            mirror.restore(
                app: app, caller: callers[use.caller], endedAgo: now - use.time, count: 1, now: now - usage.epoch)
        }
    }

    mutating func complain(_ complaint: String) { complaints.append("\(complaint), at \(now - usage.epoch)") }
}
