@testable import Delivery
import Messaging
import Testing

/// A short wait takes the place of a refusal.
@Suite struct QuotaWaitingTests {
    /// A minute's limit that is used up, so many seconds ago.
    private func usedUp(_ limit: Int, wait: Double = 2, ago seconds: Double, perDay: Int? = nil) throws -> QuotaRig {
        var rig = try QuotaRig(perMinute: limit, perDay: perDay, wait: wait)
        #expect(try rig.use(limit) == limit)
        #expect(rig.pass(seconds).isEmpty)
        return rig
    }

    @Test func `a call waits when the window is about to open`() throws {
        var rig = try usedUp(1, ago: 58.9)
        #expect(try rig.ask() == .refused(.minute, 1, after: 3))
        _ = rig.pass(0.1)
        #expect(try rig.ask() == .wait)
        #expect(rig.pass(1.999).isEmpty)
        #expect(rig.pass(0.001) == [QuotaNotice(ticket: rig.ticket, decision: .go)])
        #expect(rig.mirror.nextEvent == nil)
        #expect(rig.usedToday == 2)
    }

    @Test func `a call whose deadline comes before the window opens does not wait`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask(within: 0.9) == .refused(.minute, 1, after: 1))
        #expect(try rig.ask(within: 1) == .refused(.minute, 1, after: 1))
        #expect(try rig.ask(within: 1.001) == .wait)
    }

    @Test func `only as many wait as there will be places`() throws {
        var rig = try usedUp(2, ago: 60)
        #expect(try rig.ask() == .wait)
        #expect(try rig.ask() == .wait)
        #expect(try rig.ask() == .refused(.minute, 2, after: 61))
        #expect(rig.pass(1).map(\.told) == [.go, .go])
    }

    @Test func `nobody waits for a day that stays used up`() throws {
        var rig = try usedUp(2, ago: 60, perDay: 2)
        #expect(try rig.ask() == .refused(.day, 2, after: 86_640))
    }

    @Test func `a caller's calls go in the order in which they came`() throws {
        var rig = try usedUp(3, wait: 60, ago: 30)
        var tickets: [QuotaTicket] = []
        for _ in 0..<3 {
            #expect(try rig.ask() == .wait)
            tickets.append(rig.ticket)
        }
        #expect(rig.pass(31).map(\.ticket) == tickets)
    }

    @Test func `a call that asks twice waits once and is told once`() throws {
        var rig = try usedUp(2, ago: 60)
        #expect(try rig.ask() == .wait)
        let again = rig.mirror.ask(
            rig.ticket, app: rig.app, caller: try Names.caller(0), deadline: .max, now: rig.now)
        #expect(again == .wait)
        #expect(rig.pass(2).count == 1)
        #expect(rig.pass(120).isEmpty)
    }

    @Test func `a place that comes free goes at once to who waits for one`() throws {
        var rig = try QuotaRig(perMinute: 2, wait: 2)
        #expect(try rig.use(1) == 1)
        _ = rig.pass(59)
        #expect(try rig.ask() == .go)
        #expect(try rig.ask() == .wait)
        let waiting = rig.ticket
        #expect(try rig.end(spent: false) == [QuotaNotice(ticket: waiting, decision: .go)])
    }

    @Test func `nobody passes who waits for what has come free`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask(0) == .wait)
        let first = rig.ticket
        // The timer of the first is late.
        let late = rig.now + QuotaRig.second
        let second = QuotaTicket(loop: 1, number: 1)
        #expect(
            rig.mirror.ask(second, app: rig.app, caller: try Names.caller(1), deadline: .max, now: late)
                == .refused(.minute, 1, after: 61))
        #expect(rig.mirror.advance(now: late) == [QuotaNotice(ticket: first, decision: .go)])
    }

    @Test func `a timer that comes a little late still gives the place`() throws {
        var rig = try usedUp(1, wait: 1, ago: 60)
        #expect(try rig.ask() == .wait)
        #expect(rig.mirror.advance(now: rig.now + 3 * QuotaRig.second).map(\.told) == [.go])
    }

    @Test func `who has waited long enough is told when to come back`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask() == .wait)
        // Uses turn up that nobody knew of.
        rig.mirror.restore(app: rig.app, caller: try Names.caller(1), endedAgo: 0, count: 1, now: rig.now)
        #expect(rig.pass(1.999).isEmpty)
        #expect(rig.pass(0.001).map(\.told) == [.refused(.minute, 1, after: 59)])
    }

    @Test func `a place is of no use to a call whose deadline has passed`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask(within: 1.5) == .wait)
        #expect(rig.mirror.advance(now: rig.now + 2 * QuotaRig.second).map(\.told) == [.refused(.minute, 1, after: 1)])
        _ = rig.pass(2)
        #expect(try rig.ask() == .go)
    }

    @Test func `a call that was abandoned is told nothing`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask() == .wait)
        #expect(rig.mirror.abandon(rig.ticket) == true)
        #expect(rig.mirror.abandon(rig.ticket) == false)
        #expect(rig.mirror.nextEvent == nil)
        #expect(rig.pass(2).isEmpty)
        #expect(try rig.ask() == .go)
        #expect(rig.mirror.abandon(rig.ticket) == false)
    }

    @Test func `a call that was told can't be abandoned any more`() throws {
        var rig = try usedUp(1, ago: 60)
        #expect(try rig.ask() == .wait)
        #expect(rig.pass(1).count == 1)
        #expect(rig.mirror.abandon(rig.ticket) == false)
        #expect(try rig.end(spent: false).isEmpty)
        #expect(rig.usedToday == 1)
    }

    @Test func `not more calls wait than the memory is meant for`() throws {
        var rig = try usedUp(1_500, ago: 60)
        for _ in 0..<1_024 { #expect(try rig.ask() == .wait) }
        let last = rig.ticket
        #expect(try rig.ask() == .refused(.minute, 1_500, after: 1))
        #expect(rig.mirror.abandon(last) == true)
        #expect(try rig.ask() == .wait)
        #expect(rig.pass(1).count { $0.decision == .go } == 1_024)
        #expect(rig.mirror.nextEvent == nil)
    }

    @Test(arguments: [(-1, 0), (0, 0), (1, 1), (60_000_000, 60_000_000), (60_000_001, 60_000_000)])
    func `a wait is between nothing and a minute`(said: Int64, taken: Int64) {
        #expect(QuotaSettings(maximumWait: said).maximumWait == taken)
        #expect(QuotaSettings(pause: said).pause == taken)
    }

    @Test func `apps that wait are told in the order of their names`() throws {
        let caller = try Names.caller(0)
        let names = try (0..<9).map { try Names.app($0) }
        var mirror = QuotaMirror(
            settings: Dictionary(uniqueKeysWithValues: names.map { ($0, QuotaSettings(perMinute: 1)) }))
        for (number, app) in names.enumerated() {
            mirror.restore(app: app, caller: caller, endedAgo: 60 * QuotaRig.second, count: 1, now: QuotaRig.start)
            let ticket = QuotaTicket(loop: 0, number: UInt64(number))
            #expect(mirror.ask(ticket, app: app, caller: caller, deadline: .max, now: QuotaRig.start) == .wait)
        }
        let told = mirror.advance(now: QuotaRig.start + QuotaRig.second)
        #expect(told.map(\.ticket.number) == Array(0..<9))
    }
}
