@testable import Delivery
import Testing

/// What the ends of calls say of Divar, and what is said to those who are refused.
@Suite struct GuardJudgementTests {
    private static let second = GuardRig.second

    @Test(arguments: [GuardSignal.failed, .unreachable]) func `calls that fail one by one open the breaker`(
        _ signal: GuardSignal
    ) {
        var rig = GuardRig()
        for count in 1...20 {
            _ = rig.end(rig.ask().ticket, signal)
            #expect(rig.machine.status.breaker == (count < 20 ? .closed : .open))
        }
    }

    @Test(arguments: [GuardSignal.fine, .unused]) func `what is no failure never opens it`(_ signal: GuardSignal) {
        var rig = GuardRig()
        for _ in 0..<200 { _ = rig.end(rig.ask().ticket, signal) }
        #expect(rig.machine.status.breaker == .closed && rig.machine.status.concurrencyLimit == 64)
    }

    /// As long as there can be fewer calls, that there are too many is no reason to stop them all.
    @Test func `too much to do lowers the limit first, and opens the breaker only at the bottom`() {
        var rig = GuardRig()
        var (ended, lowest) = (0, 64)
        var going: [GuardTicket] = []
        while rig.machine.status.breaker == .closed, ended < 5000 {
            lowest = min(lowest, rig.machine.status.concurrencyLimit)
            // As many as may are under way all the time.
            while rig.machine.status.inFlight < rig.machine.status.concurrencyLimit { going.append(rig.ask().ticket) }
            _ = rig.end(going.removeFirst(), .overloaded)
            ended += 1
        }
        #expect(lowest == 4)
        #expect(ended < 1000, "each round trip takes a tenth")
    }

    @Test func `of few calls those that are told that it is too much count at once`() {
        var rig = GuardRig()
        for count in 1...20 {
            let pair = rig.ask(2, told: .go)
            #expect(rig.machine.status.breaker == .closed, "\(count)")
            for ticket in pair where rig.machine.status.breaker == .closed { _ = rig.end(ticket, .overloaded) }
            guard count < 10 else { break }
        }
        #expect(rig.machine.status.breaker == .open)
    }

    @Test func `a limit that Divar refuses above stays near it and the breaker stays shut`() {
        var rig = GuardRig()
        var (most, least) = (0, Int.max)
        for round in 0..<400 {
            // Divar takes 20 at once and answers 503 to all others.
            let going = rig.ask(rig.machine.status.concurrencyLimit, told: .go)
            rig.now += Self.second / 10
            for (place, ticket) in going.enumerated() { _ = rig.end(ticket, place < 20 ? .fine : .overloaded) }
            guard round > 200 else { continue }
            most = max(most, rig.machine.status.concurrencyLimit)
            least = min(least, rig.machine.status.concurrencyLimit)
        }
        #expect(rig.machine.status.breaker == .closed)
        #expect(least >= 16 && most <= 22, "\(least) to \(most)")
    }

    @Test func `a deadline that passed counts where Divar had time, and else says nothing`() {
        for (time, state) in [(Self.second - 1, BreakerState.closed), (Self.second, .open)] {
            var rig = GuardRig()
            for ticket in (0..<40).map({ _ in rig.ask(within: time).ticket }) {
                rig.now += ticket.number == 1 ? time : 0
                _ = rig.end(ticket, .overloaded)
            }
            #expect(rig.machine.status.breaker == state)
            #expect((rig.machine.status.concurrencyLimit == 64) == (state == .closed))
        }
    }

    @Test func `calls that began before Divar failed say nothing of it when it is well again`() {
        for signal in GuardSignal.allCases {
            var rig = GuardRig {
                $0.initialConcurrency = 20
                $0.minimumCalls = 4
            }
            let going = rig.ask(12, told: .go)
            for ticket in going[..<4] { _ = rig.end(ticket, .failed) }
            _ = rig.pass(5 * Self.second)
            for _ in 0..<2 { _ = rig.end(rig.ask().ticket, .fine) }
            #expect(rig.machine.status.breaker == .closed)
            for ticket in going[4...] { _ = rig.end(ticket, signal) }
            #expect(rig.machine.status.breaker == .closed && rig.machine.status.concurrencyLimit == 10)
        }
    }

    @Test func `some failures among many answers open nothing`() {
        var rig = GuardRig()
        for count in 0..<1000 {
            rig.now += Self.second / 50
            _ = rig.end(rig.ask().ticket, count % 5 < 2 ? .failed : .fine)
            #expect(rig.machine.status.breaker == .closed)
        }
    }

    @Test(arguments: [(0, 1), (1, 1), (90, 1), (250, 3), (512, 6)])
    func `who is refused is told when the queue will have been served`(_ waiting: Int, _ expected: Int) {
        var rig = GuardRig {
            $0.initialConcurrency = 1
            $0.minimumConcurrency = 1
            $0.maximumConcurrency = 1
            $0.queue = waiting
        }
        // A hundred calls end each second.
        for _ in 0..<1000 {
            let ticket = rig.ask().ticket
            rig.now += Self.second / 100
            _ = rig.end(ticket, .fine)
        }
        _ = rig.ask(1, told: .go)
        #expect(rig.ask(waiting, told: .wait).count == waiting)
        #expect(rig.ask().decision.refusal == GuardRefusal(reason: .queueFull, retryAfterSeconds: expected))
    }

    @Test func `however slow Divar is nobody is told to come back in more than half a minute`() {
        var rig = GuardRig {
            $0.initialConcurrency = 4
            $0.maximumConcurrency = 4
        }
        for _ in 0..<3 {
            let ticket = rig.ask().ticket
            rig.now += 5 * Self.second
            _ = rig.end(ticket, .fine)
        }
        _ = rig.ask(4, told: .go)
        _ = rig.ask(512, told: .wait)
        #expect(rig.ask().decision.refusal?.retryAfterSeconds == 30)
    }

    @Test func `the wait for a breaker is told in whole seconds, rounded up and never none`() {
        var rig = GuardRig()
        rig.fail()
        for (passed, expected) in [(Int64(0), 5), (1, 5), (999_999, 4), (3_000_000, 1), (999_999, 1)] {
            _ = rig.pass(passed)
            #expect(rig.ask().decision.refusal?.retryAfterSeconds == expected)
        }
    }

    @Test(arguments: [GuardSignal.fine, .failed, .overloaded])
    func `a tenth of the calls that reached Divar are repeated`(
        _ signal: GuardSignal
    ) {
        var rig = GuardRig {
            $0.retriesPerSecond = 0
            $0.failurePercent = 101
        }
        for _ in 0..<110 { _ = rig.end(rig.ask().ticket, signal) }
        #expect((0..<50).filter { _ in rig.machine.mayRetry(now: rig.now) }.count == 10)
    }

    @Test(arguments: [GuardSignal.unreachable, .unused]) func `what didn't reach Divar earns no second attempt`(
        _ signal: GuardSignal
    ) {
        var rig = GuardRig {
            $0.retriesPerSecond = 0
            $0.failurePercent = 101
        }
        for _ in 0..<110 { _ = rig.end(rig.ask().ticket, signal) }
        #expect(rig.machine.mayRetry(now: rig.now) == false)
    }
}
