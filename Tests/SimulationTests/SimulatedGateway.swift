import ConversationCache
import Delivery
import DivarAPI
import JournalConformance
import Messaging

@testable import Journal

/// One life of a gateway: the machines as they are, and a shell like the real one in virtual time.
final class SimulatedGateway {
    let world: World
    let epoch: Int
    let journal: SimulatedJournal
    var routes: RouteTable
    var quota: QuotaMirror
    var overload: UpstreamGuard
    var cache: ConversationCache
    var queue: SendQueue
    var lastNumber: UInt64 = 0
    /// Who waits for the quota or for Divar's health.
    var waiting: [UInt64: Entering] = [:] {
        didSet { if !waiting.isEmpty { tick() } }
    }
    fileprivate var isTicking = false
    /// When the queue is looked at next.
    var nextPump = Int64.max
    var readers: [UInt64: Reading] = [:]

    struct Entering {
        let caller: CallerName
        let purpose: GuardPurpose
        let deadline: Int64
        var hasQuota = false
        let completion: (Pass?) -> Void
    }

    struct Pass {
        let number: UInt64
        let caller: CallerName
    }

    struct Reading {
        let caller: CallerName
        let conversation: ConversationID
        let deadline: Int64
        let completion: ([String]?) -> Void
    }

    init(world: World, epoch: Int) throws {
        (self.world, self.epoch) = (world, epoch)
        journal = try SimulatedJournal(world: world, epoch: epoch)
        let now = world.schedule.now
        routes = RouteTable(planner: EndpointPlanner(contract: .december2025))
        var settings = OverloadSettings()
        settings.minimumConcurrency = 4
        overload = UpstreamGuard(settings: settings)
        quota = QuotaMirror(settings: [World.app: QuotaSettings(perMinute: world.divar.perMinute)])
        cache = ConversationCache(settings: CacheSettings())
        queue = SendQueue(settings: SendQueueSettings())
        for use in journal.store.uses(since: now - 86_400_000_000) {
            quota.restore(
                app: use.app, caller: use.caller, endedAgo: now - use.endedBefore, count: use.count, now: now)
        }
        for queued in journal.store.queue(after: nil, limit: .max, withFailed: true).sorted(by: {
            $0.intent < $1.intent
        })
        where queued.state == .waiting {
            queue.add(
                queued.message, lane: queued.lane, expires: queued.expires, attempts: queued.attempts,
                retryAt: queued.retryAt)
        }
        pump()
    }

    var now: Int64 { world.schedule.now }
    var isAlive: Bool { world.epoch == epoch }

    func after(_ delay: Int64, _ work: @escaping () -> Void) {
        world.schedule.after(delay) { [self] in
            if isAlive { work() }
        }
    }

    /// Called once: an answer that comes after the first is passed over.
    func once<Value>(_ completion: @escaping (Value) -> Void) -> (Value) -> Void {
        var isDone = false
        return { value in
            guard !isDone else { return }
            isDone = true
            completion(value)
        }
    }
}

/// The gate: the quota, then Divar's health.
extension SimulatedGateway {
    func enter(_ caller: CallerName, _ purpose: GuardPurpose, deadline: Int64, _ completion: @escaping (Pass?) -> Void)
    {
        lastNumber += 1
        let number = lastNumber
        let entering = Entering(caller: caller, purpose: purpose, deadline: deadline, completion: completion)
        if world.plant == .forgetsTheQuota { return pastQuota(number, entering) }
        switch quota.ask(
            QuotaTicket(loop: 0, number: number), app: World.app, caller: caller, deadline: deadline, now: now)
        {
        case .go: pastQuota(number, entering)
        case .wait: waiting[number] = entering
        case .refuse: completion(nil)
        }
    }

    private func pastQuota(_ number: UInt64, _ entering: Entering) {
        var entering = entering
        entering.hasQuota = true
        let ticket = GuardTicket(loop: 0, number: number)
        switch overload.ask(ticket, for: entering.purpose, deadline: entering.deadline, now: now) {
        case .go: entering.completion(Pass(number: number, caller: entering.caller))
        case .wait: waiting[number] = entering
        case .refuse: refuse(entering)
        }
    }

    private func refuse(_ entering: Entering) {
        let notices = quota.ended(app: World.app, caller: entering.caller, spent: false, now: now)
        entering.completion(nil)
        take(notices)
    }

    func leave(_ pass: Pass, _ signal: GuardSignal, isSpent: Bool) {
        let notices = quota.ended(app: World.app, caller: pass.caller, spent: isSpent, now: now)
        let guardNotices = overload.ended(signal, ticket: GuardTicket(loop: 0, number: pass.number), now: now)
        take(notices)
        take(guardNotices)
    }

    func limited(_ retryAfterSeconds: Int?) -> Bool {
        take(quota.limited(app: World.app, window: .minute, retryAfterSeconds: retryAfterSeconds, now: now))
        return quota.isPaused(World.app, now: now)
    }

    /// Time is looked at while somebody waits.
    fileprivate func tick() {
        guard !isTicking else { return }
        isTicking = true
        after(20_000) { [self] in
            isTicking = false
            take(quota.advance(now: now))
            take(overload.advance(now: now))
            if !waiting.isEmpty { tick() }
        }
    }

    private func take(_ notices: [QuotaNotice]) {
        for notice in notices {
            guard let entering = waiting.removeValue(forKey: notice.ticket.number) else { continue }
            switch notice.decision {
            case .go: pastQuota(notice.ticket.number, entering)
            case .refuse: entering.completion(nil)
            }
        }
    }

    private func take(_ notices: [GuardNotice]) {
        for notice in notices {
            guard let entering = waiting.removeValue(forKey: notice.ticket.number) else { continue }
            switch notice.decision {
            case .go: entering.completion(Pass(number: notice.ticket.number, caller: entering.caller))
            case .refuse: refuse(entering)
            }
        }
    }
}
