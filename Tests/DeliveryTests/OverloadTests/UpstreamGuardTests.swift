@testable import Delivery
import SeededCases
import Testing

/// Who goes to Divar, who waits and who is refused.
@Suite struct UpstreamGuardTests {
    private static let second = GuardRig.second

    private func small(queue: Int = 3) -> GuardRig {
        GuardRig {
            $0.initialConcurrency = 4
            $0.queue = queue
        }
    }

    @Test func `as many as the limit go, the next ones wait and the rest are refused`() throws {
        var rig = small()
        #expect(rig.ask(4, told: .go).count == 4)
        #expect(rig.ask(3, told: .wait).count == 3)
        let refusal = try #require(rig.ask().decision.refusal)
        #expect(refusal.reason == .queueFull && refusal.retryAfterSeconds >= 1)
        #expect(rig.machine.status.inFlight == 4 && rig.machine.status.waiting == 3)
    }

    @Test func `without a queue nobody waits`() {
        var rig = small(queue: 0)
        _ = rig.ask(4, told: .go)
        for purpose in GuardPurpose.allCases {
            #expect(rig.ask(purpose).decision.refusal?.reason == .queueFull)
        }
        #expect(rig.machine.advance(now: rig.now).isEmpty)
    }

    @Test(arguments: GuardSignal.allCases) func `a place that comes free goes to whoever waited longest`(
        _ signal: GuardSignal
    ) {
        var rig = small()
        let going = rig.ask(4, told: .go)
        let waiting = [rig.ask(.send).ticket, rig.ask(.read).ticket, rig.ask(.send).ticket]
        var told: [GuardNotice] = []
        for ticket in going { told += rig.end(ticket, signal) }
        #expect(told == waiting.map { GuardNotice(ticket: $0, decision: .go) })
        for ticket in waiting { _ = rig.end(ticket, .fine) }
        #expect(rig.machine.status.inFlight == 0 && rig.machine.status.waiting == 0)
    }

    @Test func `in a full queue the newest read gives way to a send, and to a read nobody`() {
        var rig = small()
        _ = rig.ask(4, told: .go)
        let (first, second, third) = (rig.ask(.read).ticket, rig.ask(.read).ticket, rig.ask(.send).ticket)
        #expect(rig.ask(.read).decision.refusal?.reason == .queueFull)
        #expect(rig.ask(.send).decision == .wait)
        #expect(rig.machine.nextEvent == .min)
        // Its decision is made, though it wasn't told yet.
        #expect(rig.machine.abandon(second) == false)
        #expect(rig.machine.advance(now: rig.now).map(\.ticket) == [second])
        #expect(rig.ask(.send).decision == .wait)
        let shed = rig.machine.advance(now: rig.now)
        #expect(shed.map(\.ticket) == [first])
        #expect(shed.first?.refusal?.reason == .queueFull)
        #expect(rig.ask(.send).decision.refusal?.reason == .queueFull)
        #expect(rig.machine.abandon(third) == true)
        #expect(rig.machine.status.waiting == 2)
    }

    @Test(arguments: [(Int64(10), Int64(2)), (1, 1)])
    func `a wait ends with a refusal, by the deadline at the latest`(_ within: Int64, _ expected: Int64) throws {
        var rig = small()
        _ = rig.ask(4, told: .go)
        let (ticket, decision) = rig.ask(within: within * Self.second)
        #expect(decision == .wait)
        #expect(rig.machine.nextEvent == rig.now + expected * Self.second)
        #expect(rig.pass(expected * Self.second - 1).isEmpty)
        let told = rig.pass(1)
        #expect(told.map(\.ticket) == [ticket])
        let refusal = try #require(told.first?.refusal)
        #expect(refusal.reason == .waitedTooLong && refusal.retryAfterSeconds >= 1)
        #expect(rig.pass(Self.second).isEmpty && rig.machine.nextEvent == nil)
    }

    @Test func `a deadline at the end of time does no harm`() {
        var rig = GuardRig {
            $0.initialConcurrency = 4
            $0.maximumWait = .max
        }
        for count in 0..<5 {
            let ticket = GuardTicket(loop: 1, number: UInt64(count))
            let decision = rig.machine.ask(ticket, for: .read, deadline: .max, now: rig.now)
            #expect(decision == (count < 4 ? .go : .wait))
        }
        #expect(rig.machine.nextEvent == .max)
    }

    @Test(arguments: [Int64(0), -1, -10_000_000]) func `who has no time left doesn't go`(_ time: Int64) {
        var rig = small()
        #expect(rig.ask(within: time).decision.refusal?.reason == .waitedTooLong)
        #expect(rig.machine.status.inFlight == 0)
    }

    @Test func `who gives up waiting is never told, and leaves the place to the next`() {
        var rig = small()
        let going = rig.ask(4, told: .go)
        let waiting = rig.ask(3, told: .wait)
        #expect(rig.machine.abandon(waiting[0]) == true)
        #expect(rig.machine.abandon(waiting[0]) == false)
        #expect(rig.machine.abandon(going[0]) == false)
        #expect(rig.ask().decision == .wait)
        #expect(rig.end(going[0], .unused).map(\.ticket) == [waiting[1]])
    }

    @Test func `an end that is told twice, or of nobody, changes nothing`() {
        var rig = small()
        let going = rig.ask(4, told: .go)
        _ = rig.end(going[0], .fine)
        for _ in 0..<100 {
            _ = rig.end(going[0], .failed)
            _ = rig.end(GuardTicket(loop: 7, number: 7), .failed)
        }
        #expect(rig.machine.status.inFlight == 3 && rig.machine.status.breaker == .closed)
        #expect(rig.machine.status.concurrencyLimit == 4)
    }

    @Test func `when the breaker opens all who wait are refused, and then everybody who comes`() {
        var rig = GuardRig { $0.initialConcurrency = 20 }
        let going = rig.ask(20, told: .go)
        let waiting = rig.ask(5, told: .wait)
        #expect(rig.machine.takeBreakerChange() == nil)
        var told: [GuardNotice] = []
        for ticket in going.dropLast() { told += rig.end(ticket, .failed) }
        #expect(told.map(\.ticket) == waiting && told.allSatisfy { $0.decision == .go })
        told = rig.end(going[19], .failed)
        #expect(rig.machine.takeBreakerChange() == .open && rig.machine.takeBreakerChange() == nil)
        // Five went before: they end on their own.
        #expect(told.isEmpty && rig.machine.status.inFlight == 5)
        #expect(rig.machine.status.concurrencyLimit == 10)
        for purpose in GuardPurpose.allCases {
            let refusal = rig.ask(purpose).decision.refusal
            #expect(refusal == GuardRefusal(reason: .breakerOpen, retryAfterSeconds: 5))
        }
        #expect(rig.machine.mayRetry(now: rig.now) == false)
        for ticket in waiting { _ = rig.end(ticket, .failed) }
        #expect(rig.machine.status.inFlight == 0)
    }

    @Test func `those who wait when the breaker opens are refused at once`() {
        var rig = GuardRig {
            $0.initialConcurrency = 4
            $0.minimumCalls = 4
        }
        let going = rig.ask(4, told: .go)
        let waiting = rig.ask(9, told: .wait)
        let told = going.flatMap { rig.end($0, .failed) }
        // Three got the places that came free before.
        #expect(told.filter { $0.decision == .go }.map(\.ticket) == Array(waiting[..<3]))
        #expect(told.filter { $0.refusal?.reason == .breakerOpen }.map(\.ticket) == Array(waiting[3...]))
        #expect(rig.machine.status.waiting == 0)
    }

    @Test func `after a failure two reads find out that all is well`() {
        var rig = GuardRig()
        rig.fail()
        _ = rig.pass(5 * Self.second)
        #expect(rig.machine.status.breaker == .halfOpen)
        for _ in 0..<2 {
            let probe = rig.ask()
            #expect(probe.decision == .go)
            #expect(rig.ask(.send).decision.refusal?.reason == .breakerOpen)
            #expect(rig.ask(.read).decision.refusal?.reason == .breakerOpen)
            _ = rig.end(probe.ticket, .fine)
        }
        #expect(rig.machine.status.breaker == .closed)
        #expect(rig.ask(.send).decision == .go)
        #expect(rig.machine.status.concurrencyLimit == 32)
    }

    @Test(arguments: [
        (GuardSignal.fine, BreakerState.halfOpen), (.unused, .halfOpen), (.failed, .open), (.overloaded, .open),
        (.unreachable, .open),
    ])
    func `what a probe's end says`(_ signal: GuardSignal, _ state: BreakerState) {
        var rig = GuardRig()
        rig.fail()
        _ = rig.pass(5 * Self.second)
        _ = rig.end(rig.ask().ticket, signal)
        #expect(rig.machine.status.breaker == state)
        #expect(rig.machine.status.inFlight == 0)
    }

    @Test func `a probe that is lost gives its place back`() {
        var rig = GuardRig()
        rig.fail()
        _ = rig.pass(5 * Self.second)
        let lost = rig.ask(within: Self.second).ticket
        _ = rig.pass(6 * Self.second)
        #expect(rig.machine.status.inFlight == 0)
        #expect(rig.ask().decision == .go)
        _ = rig.end(lost, .failed)
        #expect(rig.machine.status.breaker == .halfOpen && rig.machine.status.inFlight == 1)
    }

    @Test func `fewer places refuse the newest, reads first`() {
        var rig = small(queue: 6)
        _ = rig.ask(4, told: .go)
        let kinds: [GuardPurpose] = [.read, .send, .read, .send, .send, .read]
        let waiting = kinds.map { rig.ask($0).ticket }
        var settings = OverloadSettings()
        settings.queue = 2
        settings.maximumConcurrency = 4
        let told = rig.machine.reconfigure(settings, now: rig.now)
        #expect(told.map(\.ticket) == [waiting[5], waiting[2], waiting[0], waiting[4]])
        #expect(told.allSatisfy { $0.refusal?.reason == .queueFull })
        settings.minimumConcurrency = 6
        settings.maximumConcurrency = 6
        let served = rig.machine.reconfigure(settings, now: rig.now)
        #expect(served == [waiting[1], waiting[3]].map { GuardNotice(ticket: $0, decision: .go) })
    }
}
