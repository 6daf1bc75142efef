@testable import Delivery
import SeededCases

/// One seeded run of calls that go through a guard to a Divar that has a brown-out, and of what may not happen then.
struct OverloadSchedule {
    struct Waiting {
        let ticket: GuardTicket
        let purpose: GuardPurpose
        let asked: Int64
        let deadline: Int64
        let until: Int64
        let isRepeat: Bool
        /// Who waited is gone, and the decision was made already.
        var isGivenUp = false
    }

    struct Flight {
        let ticket: GuardTicket
        let purpose: GuardPurpose
        let deadline: Int64
        let fate: BrowningDivar.Fate
        let isProbe: Bool
        let isRepeat: Bool
    }

    static let second: Int64 = 1_000_000

    var random: SplitMix64
    var settings = OverloadSettings()
    var machine: UpstreamGuard
    let divar: BrowningDivar
    var now: Int64
    let start: Int64
    var waiting: [Waiting] = []
    var flights: [Flight] = []
    var tally = OverloadTally()
    /// The first thing that may not be.
    var violation: String?

    // What was seen of the breaker.
    var state = BreakerState.closed
    /// Since when no call was let through.
    var leftAlone: Int64 = 0
    var probeBegun: Int64 = 0
    var lastHalfOpenRead: Int64?

    // What second attempts were made, and of how many first ones.
    var earned = 0
    var repeats = 0

    /// A loop looks at the time so much too late.
    private let lateness: Int64
    private let readsOfTen: Int
    private let gap: Int
    private var nextArrival: Int64
    private var wake: Int64?
    private var lastNumber: UInt64 = 0

    /// Whether more come than the limit lets through right after a brown-out: it grows by one a round trip.
    let isCrowded: Bool
    var (comeHealed, refusedHealed) = (0, 0)

    /// Calls that come later find all well: within one window, and the time that a breaker stays open.
    let healed: Int64
    private let lastArrival: Int64
    private let firstBurst: Int64

    static func run(_ number: Int, tally: inout OverloadTally) -> String? {
        var schedule = OverloadSchedule(number)
        schedule.run()
        tally.add(schedule.tally)
        return schedule.violation.map { "\($0), at \(schedule.now - schedule.start) µs, \(replay(number))" }
    }

    private init(_ number: Int) {
        random = SplitMix64(seed: SplitMix64.seed &+ UInt64(number))
        start = Int64(random.below(1_000_000_000))
        now = start
        settings.minimumConcurrency = 1 + random.below(4)
        settings.initialConcurrency = 2 + random.below(24)
        settings.maximumConcurrency = 64 + random.below(32)
        settings.queue = random.chance(1, in: 12) ? 0 : 1 + random.below(20)
        settings.maximumWait = Int64(300_000 + random.below(2_000_000))
        settings.window = Int64(4 + random.below(5)) * Self.second
        settings.openFor = settings.window / Int64(1 + random.below(8))
        settings.minimumCalls = 3 + random.below(8)
        settings.retryBudgetPercent = random.element(of: [0, 10, 10, 50])
        settings.retriesPerSecond = random.below(3)
        settings.shortestTrial = Int64(100_000 + random.below(900_000))
        machine = UpstreamGuard(settings: settings)
        lateness = random.chance(1, in: 2) ? 0 : Int64(random.below(20_000))
        readsOfTen = random.element(of: [0, 1, 5, 9, 10])
        isCrowded = random.chance(1, in: 20)
        gap = isCrowded ? 10_000 + random.below(20_000) : 60_000 + random.below(200_000)
        nextArrival = start
        var phases: [BrowningDivar.Phase] = []
        var begin = start + Int64(500_000 + random.below(2_000_000))
        firstBurst = begin
        for _ in 0..<1 + random.below(3) {
            let end = begin + Int64(200_000 + random.below(4_000_000))
            phases.append(
                BrowningDivar.Phase(trouble: random.element(of: BrowningDivar.Trouble.allCases), time: begin..<end))
            begin = end + Int64(random.below(2) * random.below(1_500_000))
        }
        let latency = 20_000 + random.below(300_000)
        // Twice what comes in good times.
        divar = BrowningDivar(
            phases: phases, latency: Int64(latency), capacity: 12 + random.below(30) + 2 * latency / gap)
        healed = divar.wellSince + settings.window + settings.openFor
        lastArrival = healed + Self.second
    }

    private mutating func run() {
        var steps = 0
        while violation == nil, steps < 20_000 {
            steps += 1
            if wake == nil, let event = machine.nextEvent { wake = max(event, now) + lateness }
            let arrival = nextArrival <= lastArrival ? nextArrival : nil
            let end = flights.indices.min { flights[$0].fate.end < flights[$1].fate.end }
            let endTime = end.map { flights[$0].fate.end }
            guard let next = [arrival, endTime, waiting.isEmpty ? nil : wake].compactMap(\.self).min() else { break }
            now = max(now, next)
            if next == wake {
                advance()
            } else if let end, next == endTime {
                finish(flights.remove(at: end))
            } else {
                arrive()
            }
            checkState()
            checkCalls()
        }
        checkEnd(steps: steps)
    }

    // MARK: What happens

    private mutating func advance() {
        wake = nil
        take(machine.advance(now: now))
        if let late = waiting.first(where: { $0.until <= now }) { fail("\(late.ticket) waits on") }
    }

    private mutating func arrive() {
        nextArrival = now + Int64(gap / 2 + random.below(gap))
        let isBusy = firstBurst <= now && now < divar.wellSince
        let count = isBusy && random.chance(1, in: 25) ? 2 + random.below(30) : 1
        for _ in 0..<count where violation == nil {
            let purpose: GuardPurpose = random.chance(readsOfTen, in: 10) ? .read : .send
            let time = random.chance(1, in: 30) ? random.below(100_000) : 1_000_000 + random.below(1_000_000)
            ask(purpose, deadline: now + Int64(time), isRepeat: false)
        }
        if !waiting.isEmpty, random.chance(1, in: 6) { giveUp(random.below(waiting.count)) }
        if isBusy, random.chance(1, in: 60) { reconfigure() }
    }

    mutating func ask(_ purpose: GuardPurpose, deadline: Int64, isRepeat: Bool) {
        lastNumber += 1
        let ticket = GuardTicket(loop: 0, number: lastNumber)
        if now > healed { comeHealed += 1 }
        let decision = machine.ask(ticket, for: purpose, deadline: deadline, now: now)
        checkState()
        let call = Waiting(
            ticket: ticket, purpose: purpose, asked: now, deadline: deadline,
            until: min(deadline, now + settings.maximumWait), isRepeat: isRepeat)
        check(decision, of: call)
        switch decision {
        case .go: go(call)
        case .wait:
            waiting.append(call)
            // Its end may come before what was waited for.
            if let due = wake { wake = min(due, call.until + lateness) }
        case .refuse: break
        }
        if state == .halfOpen, purpose == .read { lastHalfOpenRead = now }
        tally.count(decision)
    }

    private mutating func go(_ call: Waiting) {
        let served = flights.count { $0.fate.isServed }
        let fate = divar.fate(of: call.deadline, served: served, now: now, &random)
        let isProbe = state == .halfOpen
        if isProbe {
            tally.probes += 1
            probeBegun = now
        }
        flights.append(
            Flight(
                ticket: call.ticket, purpose: call.purpose, deadline: call.deadline, fate: fate, isProbe: isProbe,
                isRepeat: call.isRepeat))
    }

    private mutating func finish(_ flight: Flight) {
        let signal = flight.fate.signal
        if !flight.isRepeat, [.fine, .overloaded, .failed].contains(signal) { earned += 1 }
        take(machine.ended(signal, ticket: flight.ticket, now: now))
        wake = nil
        checkState()
        // A read that Divar failed is made again, where that is allowed.
        guard flight.purpose == .read, !flight.isRepeat, [.overloaded, .failed].contains(signal),
            machine.mayRetry(now: now)
        else { return }
        repeats += 1
        checkRepeats()
        ask(.read, deadline: flight.deadline, isRepeat: true)
    }

    private mutating func giveUp(_ place: Int) {
        if machine.abandon(waiting[place].ticket) {
            waiting.remove(at: place)
            tally.givenUp += 1
        } else {
            waiting[place].isGivenUp = true
        }
    }

    private mutating func reconfigure() {
        settings.minimumConcurrency = 1 + random.below(4)
        settings.maximumConcurrency = 64 + random.below(32)
        settings.queue = random.below(20)
        take(machine.reconfigure(settings, now: now))
        wake = nil
    }

    private mutating func take(_ notices: [GuardNotice]) {
        checkState()
        for notice in notices {
            guard let place = waiting.firstIndex(where: { $0.ticket == notice.ticket }) else {
                fail("\(notice) was told to somebody who doesn't wait")
                return
            }
            let call = waiting.remove(at: place)
            check(notice, of: call)
            tally.count(notice, isGivenUp: call.isGivenUp)
            guard notice.decision == .go else { continue }
            if call.isGivenUp {
                take(machine.ended(.unused, ticket: call.ticket, now: now))
            } else {
                go(call)
            }
        }
        checkPlaces(isGrant: notices.contains { $0.decision == .go })
    }

    mutating func fail(_ what: String) { violation = violation ?? what }

    var late: Int64 { lateness }
}
