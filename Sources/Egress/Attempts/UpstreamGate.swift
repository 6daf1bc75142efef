internal import Delivery
internal import Logging
internal import Messaging
private import Metrics
internal import NIOCore

/// One event loop's door to Divar: lets an attempt through when the quota and Divar's health allow, makes it wait a
/// little, or refuses it. Confined to its loop.
final class UpstreamGate {
    typealias Completion = (Result<GatePass, Problem>) -> Void

    private struct Waiting {
        let pass: GatePass
        let purpose: GuardPurpose
        let deadline: Int64
        var hasQuota = false
        /// Whoever waited is gone.
        var isGivenUp = false
        let completion: Completion
    }

    /// How often time is looked at while somebody waits.
    private static let tick: TimeAmount = .milliseconds(20)

    private let loop: Int
    private let eventLoop: any EventLoop
    private let shared: SharedUpstreamRules
    private let logger: Logger
    private var waiting: [UInt64: Waiting] = [:]
    private var lastNumber: UInt64 = 0
    private var isTicking = false

    init(loop: Int, eventLoop: any EventLoop, shared: SharedUpstreamRules, logger: Logger) {
        (self.loop, self.eventLoop, self.shared, self.logger) = (loop, eventLoop, shared, logger)
    }

    /// Asks to make an attempt. The completion is called once, at once or at the deadline at the latest.
    ///
    /// - Returns: gives the place in the queue up; then the completion isn't called any more.
    @discardableResult
    func enter(
        for call: CallContext,
        purpose: GuardPurpose,
        deadline: NIODeadline,
        completion: @escaping Completion
    ) -> () -> Void {
        lastNumber += 1
        let pass = GatePass(number: lastNumber, app: call.caller.app, caller: call.caller.name)
        let entering = Waiting(
            pass: pass, purpose: purpose, deadline: SharedUpstreamRules.microseconds(deadline), completion: completion)
        let now = SharedUpstreamRules.now()
        if let late = UpstreamGate.problem(ofDeadline: entering.deadline, now: now) {
            completion(.failure(late))
            return {}
        }
        let decision = shared.use { rules in
            rules.quota.ask(
                QuotaTicket(loop: loop, number: pass.number), app: pass.app, caller: pass.caller,
                deadline: entering.deadline, now: now
            )
        }
        switch decision {
        case .go: pastQuota(entering)
        case .wait: wait(entering)
        case .refuse(let refusal): completion(.failure(problem(refusal, of: pass)))
        }
        return { [weak self] in self?.leaveQueue(pass.number) }
    }

    /// What a call would be told that came now. Asks copies of the rules: who only looks claims nothing, waits for
    /// nothing and is no probe.
    func outlook(for call: CallContext, purpose: GuardPurpose, deadline: NIODeadline) -> Problem? {
        let (now, end) = (SharedUpstreamRules.now(), SharedUpstreamRules.microseconds(deadline))
        if let late = UpstreamGate.problem(ofDeadline: end, now: now) { return late }
        lastNumber += 1
        let pass = GatePass(number: lastNumber, app: call.caller.app, caller: call.caller.name)
        let (place, health) = shared.use { rules in
            var (quota, overload) = (rules.quota, rules.overload)
            return (
                quota.ask(
                    QuotaTicket(loop: loop, number: pass.number), app: pass.app, caller: pass.caller, deadline: end,
                    now: now),
                overload.ask(GuardTicket(loop: loop, number: pass.number), for: purpose, deadline: end, now: now)
            )
        }
        if case .refuse(let refusal) = place { return problem(refusal, of: pass) }
        if case .refuse(let refusal) = health { return UpstreamGate.problem(refusal) }
        return nil
    }

    /// An attempt is over.
    ///
    /// - Parameter isSpent: whether Divar may have counted it.
    func leave(_ pass: GatePass, signal: GuardSignal, isSpent: Bool) {
        let now = SharedUpstreamRules.now()
        let (notices, changes) = shared.use { rules -> ([GateNotice], Changes) in
            let quota = rules.quota.ended(app: pass.app, caller: pass.caller, spent: isSpent, now: now)
            let overload = rules.overload.ended(
                signal, ticket: GuardTicket(loop: loop, number: pass.number), now: now)
            let changes = Changes(
                breaker: rules.overload.takeBreakerChange(), nearlySpent: rules.quota.takeDayWarning(now: now))
            return (quota.map(GateNotice.quota) + overload.map(GateNotice.overload), changes)
        }
        log(changes)
        shared.deliver(notices)
    }

    /// Divar says that a limit is passed, though it looked as if there were room.
    ///
    /// - Returns: whether the app's calls pause now.
    func limited(_ app: AppName, window: QuotaWindow?, retryAfterSeconds: Int?) -> Bool {
        let now = SharedUpstreamRules.now()
        let (notices, isPaused) = shared.use { rules in
            let notices = rules.quota.limited(
                app: app, window: window, retryAfterSeconds: retryAfterSeconds, now: now)
            return (notices, rules.quota.isPaused(app, now: now))
        }
        Counter(label: "divar_gateway_divar_limited_total", dimensions: [("app", app.text)]).increment()
        logger.warning(
            "Divar's limit is passed",
            metadata: [
                "app": "\(app)", "window": "\(window?.rawValue ?? "unknown")",
                "retry_after": "\(retryAfterSeconds.map(String.init) ?? "none")",
            ]
        )
        shared.deliver(notices.map(GateNotice.quota))
        return isPaused
    }

    /// Whether a read may be made a second time.
    func mayRepeatRead() -> Bool {
        let now = SharedUpstreamRules.now()
        return shared.use { $0.overload.mayRetry(now: now) }
    }

    // MARK: Stages

    private func pastQuota(_ entering: Waiting) {
        var entering = entering
        entering.hasQuota = true
        let (pass, now) = (entering.pass, SharedUpstreamRules.now())
        let decision = shared.use { rules in
            rules.overload.ask(
                GuardTicket(loop: loop, number: pass.number), for: entering.purpose, deadline: entering.deadline,
                now: now
            )
        }
        switch decision {
        case .go: entering.completion(.success(pass))
        case .wait: wait(entering)
        case .refuse(let refusal): refuse(entering, refusal)
        }
    }

    private func refuse(_ entering: Waiting, _ refusal: GuardRefusal) {
        giveQuotaBack(entering.pass)
        finish(entering, with: UpstreamGate.problem(refusal))
    }

    private func giveQuotaBack(_ pass: GatePass) {
        let now = SharedUpstreamRules.now()
        let notices = shared.use { rules in
            rules.quota.ended(app: pass.app, caller: pass.caller, spent: false, now: now)
        }
        shared.deliver(notices.map(GateNotice.quota))
    }

    // MARK: Waiting

    private func wait(_ entering: Waiting) {
        waiting[entering.pass.number] = entering
        tick()
    }

    private func tick() {
        guard !isTicking, !waiting.isEmpty else { return }
        isTicking = true
        _ = eventLoop.assumeIsolated().scheduleTask(in: UpstreamGate.tick) {
            self.isTicking = false
            let now = SharedUpstreamRules.now()
            let notices = self.shared.use { rules -> [GateNotice] in
                rules.quota.advance(now: now).map(GateNotice.quota)
                    + rules.overload.advance(now: now).map(GateNotice.overload)
            }
            self.shared.deliver(notices)
            self.tick()
        }
    }

    private func leaveQueue(_ number: UInt64) {
        guard let entering = waiting[number] else { return }
        let isOut = shared.use { rules in
            entering.hasQuota
                ? rules.overload.abandon(GuardTicket(loop: loop, number: number))
                : rules.quota.abandon(QuotaTicket(loop: loop, number: number))
        }
        if isOut {
            waiting[number] = nil
            if entering.hasQuota { giveQuotaBack(entering.pass) }
        } else {
            // A decision is on its way here, and what it grants has to be given back.
            waiting[number]?.isGivenUp = true
        }
    }

    func take(_ notices: [GateNotice]) {
        for notice in notices {
            switch notice {
            case .quota(let notice):
                guard let entering = waiting.removeValue(forKey: notice.ticket.number) else { continue }
                switch notice.decision {
                case .go where entering.isGivenUp: giveQuotaBack(entering.pass)
                case .go: pastQuota(entering)
                case .refuse(let refusal): finish(entering, with: problem(refusal, of: entering.pass))
                }
            case .overload(let notice):
                guard let entering = waiting.removeValue(forKey: notice.ticket.number) else { continue }
                switch notice.decision {
                case .go where entering.isGivenUp: leave(entering.pass, signal: .unused, isSpent: false)
                case .go: entering.completion(.success(entering.pass))
                case .refuse(let refusal): refuse(entering, refusal)
                }
            }
        }
    }

    private func finish(_ entering: Waiting, with problem: Problem) {
        if !entering.isGivenUp { entering.completion(.failure(problem)) }
    }
}

extension UpstreamGate {
    // MARK: What is said of it

    private func problem(_ refusal: QuotaRefusal, of pass: GatePass) -> Problem {
        let limits = shared.use { $0.quota.status(of: pass.app, caller: pass.caller, now: SharedUpstreamRules.now()) }
        var problem = Problem(
            .quota,
            detail: UpstreamGate.detail(of: refusal),
            retryAfterSeconds: refusal.retryAfterSeconds
        )
        problem.rateLimits = limits
        return problem
    }

    /// Whose time is up before it begins, has no claim on a place, and didn't wait for one either.
    private static func problem(ofDeadline deadline: Int64, now: Int64) -> Problem? {
        guard deadline <= now else { return nil }
        return ProblemRule.problem(for: .failed(AttemptFailure(.deadline, requestStarted: false)))
    }

    private static func detail(of refusal: QuotaRefusal) -> String {
        guard let limit = refusal.limit else {
            return "Divar said that the app's limit for the \(refusal.window.rawValue) is passed; calls pause."
        }
        return
            "The app's limit of \(limit) calls a \(refusal.window.rawValue), or the caller's share of it, is used up."
    }

    private static func problem(_ refusal: GuardRefusal) -> Problem {
        switch refusal.reason {
        case .breakerOpen:
            Problem(
                .divarUnavailable,
                detail: "Divar has been failing; calls are held back until it answers again.",
                retryAfterSeconds: refusal.retryAfterSeconds
            )
        case .queueFull, .waitedTooLong:
            Problem(
                .overloaded,
                detail: "As many calls are under way as Divar takes now, and too many wait for them.",
                retryAfterSeconds: refusal.retryAfterSeconds
            )
        }
    }

    private func log(_ changes: Changes) {
        if let breaker = changes.breaker {
            logger.log(
                level: breaker == .closed ? .notice : .warning,
                breaker == .closed ? "calls to Divar go on" : "calls to Divar are held back",
                metadata: ["breaker": "\(breaker.rawValue)"]
            )
        }
        for app in changes.nearlySpent {
            Counter(label: "divar_gateway_quota_day_warnings_total", dimensions: [("app", app.text)]).increment()
            logger.warning("four fifths of the day's quota are used", metadata: ["app": "\(app)"])
        }
    }
}

/// What became different by an attempt's end, for the log.
private struct Changes {
    var breaker: BreakerState?
    var nearlySpent: [AppName]
}
