@testable import Delivery
import Testing

/// When calls are held back, and how it is found out that they needn't be any more.
@Suite struct CircuitBreakerTests {
    private static let second = GuardRig.second

    private var settings: OverloadSettings {
        var settings = OverloadSettings()
        settings.window = 60 * Self.second
        settings.openFor = 5 * Self.second
        return settings
    }

    private let start = 1000 * CircuitBreakerTests.second

    private func ticket(_ number: UInt64) -> GuardTicket { GuardTicket(loop: 0, number: number) }

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker(settings)
        _ = end(&breaker, 20, now: start)
        return breaker
    }

    /// So many calls end so. Whether that opened it.
    private func end(
        _ breaker: inout CircuitBreaker, _ count: Int = 1, isFailure: Bool = true, generation: UInt64 = 0, now: Int64
    ) -> Bool {
        (0..<count).reduce(false) { hasOpened, _ in
            breaker.note(isFailure: isFailure, generation: generation, now: now) || hasOpened
        }
    }

    /// Half-open since this moment.
    private func halfOpen() -> (breaker: CircuitBreaker, now: Int64) {
        var breaker = opened()
        let now = start + 5 * Self.second
        _ = breaker.advance(now: now)
        return (breaker, now)
    }

    private func admit(
        _ breaker: inout CircuitBreaker, _ number: UInt64, _ purpose: GuardPurpose = .read, now: Int64,
        hasRoom: Bool = true
    ) -> CircuitBreaker.Admission {
        breaker.admit(ticket(number), for: purpose, deadline: now + Self.second, hasRoom: hasRoom, now: now)
    }

    private static let wait = CircuitBreaker.Admission.refuse(wait: CircuitBreaker.probeWait)

    @Test(arguments: [
        (19, 19, false), (20, 20, true), (20, 10, true), (20, 9, false), (100, 50, true), (100, 49, false),
        (1, 1, false), (101, 50, false), (101, 51, true),
    ])
    func `it opens where so many of enough calls failed`(_ ended: Int, _ failed: Int, _ opens: Bool) {
        var breaker = CircuitBreaker(settings)
        #expect(end(&breaker, ended - failed, isFailure: false, now: start) == false)
        #expect(end(&breaker, failed, now: start) == opens)
        #expect(breaker.state == (opens ? .open : .closed))
    }

    @Test func `what happened before the window counts no more`() {
        var breaker = CircuitBreaker(settings)
        #expect(end(&breaker, 19, now: start) == false)
        let later = start + 60 * Self.second
        #expect(end(&breaker, now: later) == false)
        #expect(breaker.window.ended == 1)
        #expect(end(&breaker, 18, now: later) == false)
        #expect(end(&breaker, now: later) == true)
    }

    @Test func `it stays open for its time, twice as long after each probe that fails, up to half a window`() {
        var breaker = opened()
        var now = start
        for (number, seconds) in [Int64(5), 10, 20, 30, 30].enumerated() {
            let end = now + seconds * Self.second
            #expect(breaker.nextEvent == end)
            _ = breaker.advance(now: end - 1)
            #expect(admit(&breaker, UInt64(number), now: end - 1) == .refuse(wait: 1))
            #expect(breaker.state == .open)
            _ = breaker.advance(now: end)
            #expect(breaker.state == .halfOpen)
            #expect(admit(&breaker, UInt64(number), now: end) == .probe)
            now = end
            breaker.probeEnded(isFailure: true, now: now + 1)
            #expect(breaker.state == .open)
        }
    }

    @Test func `the time that a probe hung counts as time that Divar was left alone`() {
        var (breaker, now) = halfOpen()
        for (hung, left) in [(Int64(3), Int64(7)), (19, 1), (30, 0), (50, -20)] {
            #expect(admit(&breaker, 1, now: now) == .probe)
            now += hung * Self.second
            breaker.probeEnded(isFailure: true, now: now)
            #expect(breaker.state == .open)
            #expect(breaker.nextEvent == now + left * Self.second)
            now = max(now, breaker.nextEvent ?? now)
            _ = breaker.advance(now: now)
            #expect(breaker.state == .halfOpen)
        }
    }

    @Test func `a time to stay open that is over half a window is kept to`() {
        var settings = settings
        settings.openFor = 50 * Self.second
        var breaker = CircuitBreaker(settings)
        _ = end(&breaker, 20, now: start)
        var now = start
        for _ in 0..<3 {
            now += 50 * Self.second
            #expect(breaker.nextEvent == now)
            _ = breaker.advance(now: now)
            _ = admit(&breaker, 1, now: now)
            breaker.probeEnded(isFailure: true, now: now)
        }
    }

    @Test func `half-open one read goes at a time and all others are held back`() {
        var (breaker, now) = halfOpen()
        #expect(admit(&breaker, 1, now: now) == .probe)
        #expect(breaker.isProbe(ticket(1)))
        for number in UInt64(2)...5 {
            #expect(admit(&breaker, number, now: now) == Self.wait)
            #expect(admit(&breaker, number, .send, now: now) == Self.wait)
        }
        breaker.probeEnded(isFailure: false, now: now)
        #expect(breaker.state == .halfOpen)
        #expect(admit(&breaker, 6, now: now) == .probe)
        breaker.probeEnded(isFailure: false, now: now)
        #expect(breaker.state == .closed)
        #expect(admit(&breaker, 7, .send, now: now) == .pass)
        #expect(breaker.window.ended == 0)
    }

    @Test func `a send is no probe while reads come`() {
        var (breaker, now) = halfOpen()
        // Reads that may not go are reads that come all the same.
        for _ in 0..<50 {
            #expect(admit(&breaker, 1, now: now, hasRoom: false) == Self.wait)
            now += CircuitBreaker.sendsProbeAfter - 1
            #expect(admit(&breaker, 2, .send, now: now) == Self.wait)
        }
        #expect(admit(&breaker, 3, .send, now: now + 1) == .probe)
    }

    @Test func `a read that came while a probe hung is a read that came`() {
        var (breaker, now) = halfOpen()
        now += CircuitBreaker.sendsProbeAfter
        #expect(admit(&breaker, 1, .send, now: now) == .probe)
        now += 30 * Self.second
        #expect(admit(&breaker, 2, now: now) == Self.wait)
        breaker.probeEnded(isFailure: true, now: now)
        _ = breaker.advance(now: now)
        #expect(breaker.state == .halfOpen)
        #expect(admit(&breaker, 3, .send, now: now + CircuitBreaker.sendsProbeAfter - 1) == Self.wait)
        #expect(admit(&breaker, 4, .send, now: now + CircuitBreaker.sendsProbeAfter) == .probe)
    }

    @Test func `where no read comes a send has to do after a while`() {
        var (breaker, now) = halfOpen()
        #expect(admit(&breaker, 1, .send, now: now + CircuitBreaker.sendsProbeAfter - 1) == Self.wait)
        now += CircuitBreaker.sendsProbeAfter
        for number in UInt64(2)...3 {
            #expect(admit(&breaker, number, .send, now: now) == .probe)
            #expect(admit(&breaker, 9, .send, now: now) == Self.wait)
            breaker.probeEnded(isFailure: false, now: now)
        }
        #expect(breaker.state == .closed)
    }

    @Test func `one good answer among failures does not close it`() {
        var (breaker, now) = halfOpen()
        for round in 0..<3 {
            #expect(admit(&breaker, 1, now: now) == .probe)
            breaker.probeEnded(isFailure: false, now: now)
            #expect(admit(&breaker, 2, now: now) == .probe)
            breaker.probeEnded(isFailure: true, now: now)
            #expect(breaker.state == .open, "round \(round)")
            now = breaker.nextEvent ?? now
            _ = breaker.advance(now: now)
        }
    }

    @Test func `a probe that says nothing leaves the next one to say`() {
        var (breaker, now) = halfOpen()
        _ = admit(&breaker, 1, now: now)
        breaker.probeEnded(isFailure: nil, now: now)
        #expect(breaker.state == .halfOpen)
        #expect(admit(&breaker, 2, now: now) == .probe)
    }

    @Test func `a probe that is never heard of is given up some time after its deadline`() {
        var (breaker, now) = halfOpen()
        _ = admit(&breaker, 1, now: now)
        let end = now + Self.second + CircuitBreaker.probeMargin
        #expect(breaker.nextEvent == end)
        #expect(breaker.advance(now: end - 1) == nil)
        #expect(admit(&breaker, 2, now: end - 1) == Self.wait)
        #expect(breaker.advance(now: end) == ticket(1))
        #expect(breaker.advance(now: end) == nil)
        #expect(breaker.state == .halfOpen)
        #expect(admit(&breaker, 2, now: end) == .probe)
        // A deadline at the end of time is none that can be passed.
        breaker.probeEnded(isFailure: nil, now: end)
        #expect(breaker.admit(ticket(3), for: .read, deadline: .max, hasRoom: true, now: end) == .probe)
        #expect(breaker.nextEvent == .max)
    }

    @Test func `who has no time or no place left is no probe`() {
        var (breaker, now) = halfOpen()
        #expect(admit(&breaker, 1, now: now, hasRoom: false) == Self.wait)
        #expect(breaker.admit(ticket(2), for: .read, deadline: now, hasRoom: true, now: now) == Self.wait)
        #expect(admit(&breaker, 3, now: now) == .probe)
        now += 1
        breaker.probeEnded(isFailure: false, now: now)
    }

    @Test func `calls that began before it opened say nothing afterwards`() {
        var (breaker, now) = halfOpen()
        for _ in 0..<2 {
            _ = admit(&breaker, 1, now: now)
            breaker.probeEnded(isFailure: false, now: now)
        }
        #expect(end(&breaker, 100, now: now) == false)
        #expect(breaker.window.ended == 0)
        let generation = breaker.generation
        #expect(end(&breaker, 19, generation: generation, now: now) == false)
        #expect(end(&breaker, generation: generation, now: now) == true)
        // Closed in between, it begins with the short time again.
        #expect(breaker.nextEvent == now + 5 * Self.second)
    }

    @Test func `new settings hold from the next opening on`() {
        var breaker = opened()
        var longer = settings
        longer.openFor = 7 * Self.second
        longer.minimumCalls = 2
        breaker.reconfigure(longer)
        var now = start + 5 * Self.second
        #expect(breaker.nextEvent == now)
        _ = breaker.advance(now: now)
        for _ in 0..<2 {
            _ = admit(&breaker, 1, now: now)
            breaker.probeEnded(isFailure: false, now: now)
        }
        now += 1
        let generation = breaker.generation
        #expect(end(&breaker, generation: generation, now: now) == false)
        #expect(end(&breaker, generation: generation, now: now) == true)
        #expect(breaker.nextEvent == now + 7 * Self.second)
    }
}
