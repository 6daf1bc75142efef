import Delivery
import Testing

/// How callers share a limit, in plain numbers.
@Suite struct QuotaShareTests {
    @Test func `a caller that is alone has everything that is not kept`() throws {
        var rig = try QuotaRig(perMinute: 10, shares: [0: CallerShareSettings(), 1: CallerShareSettings(weight: 9)])
        #expect(try rig.use(11) == 10)
    }

    @Test func `a reserve is kept in each minute, and used before anything else`() throws {
        var rig = try QuotaRig(perMinute: 10, shares: [1: CallerShareSettings(reserve: 4)])
        for _ in 0..<3 {
            #expect(try rig.use(10, by: 0) == 6)
            #expect(try rig.use(4, by: 1) == 4)
            #expect(try rig.ask(0) == .refused(.minute, 10, after: 61))
            _ = rig.pass(61)
        }
    }

    @Test func `of the day a caller keeps the part that it keeps of the minute`() throws {
        var rig = try QuotaRig(perMinute: 10, perDay: 20, shares: [1: CallerShareSettings(reserve: 3)])
        for _ in 0..<4 {
            _ = try rig.use(10, by: 0)
            _ = rig.pass(61)
        }
        #expect(rig.usedToday == 14)
        #expect(try rig.use(10, by: 1) == 6)
    }

    @Test func `a caller that borrowed gives back what another wants, as it lapses`() throws {
        var rig = try QuotaRig(perMinute: 10, wait: 60)
        #expect(try rig.use(10, by: 0) == 10)
        _ = rig.pass(30)
        var tickets: Set<QuotaTicket> = []
        for _ in 0..<10 {
            _ = try rig.ask(0)
            if try rig.ask(1) == .wait { tickets.insert(rig.ticket) }
        }
        let notices = rig.pass(31).filter { $0.decision == .go }
        #expect(notices.count == 10)
        #expect(notices.count { tickets.contains($0.ticket) } == 5)
    }

    @Test(arguments: [(1, 6), (2, 8), (5, 10)]) func `weights say how those who wait share what lapses`(
        weight: Int, expected: Int
    ) throws {
        var rig = try QuotaRig(perMinute: 12, wait: 60, shares: [1: CallerShareSettings(weight: weight)])
        #expect(try rig.use(12, by: 0) == 12)
        _ = rig.pass(30)
        var tickets: Set<QuotaTicket> = []
        for _ in 0..<12 {
            _ = try rig.ask(0)
            if try rig.ask(1) == .wait { tickets.insert(rig.ticket) }
        }
        let notices = rig.pass(31).filter { $0.decision == .go }
        #expect(notices.count == 12)
        #expect(notices.count { tickets.contains($0.ticket) } == expected)
    }

    @Test func `a modest caller finds its place however much others want`() throws {
        var rig = try QuotaRig(perMinute: 12)
        var refused = 0
        for second in 0..<600 {
            for _ in 0..<5 where try rig.ask(0) == .go { _ = try rig.end(0) }
            if second % 20 == 10 {
                if try rig.ask(1) == .go { _ = try rig.end(1) } else if second > 120 { refused += 1 }
            }
            _ = rig.pass(1)
        }
        #expect(refused == 0)
    }

    @Test(arguments: 0..<10) func `who comes back when it was told to has its place, however greedy another is`(
        phase: Int
    ) throws {
        var rig = try QuotaRig(perMinute: 10)
        #expect(try rig.use(10, by: 0) == 10)
        _ = rig.pass(0.05 + Double(phase) * 0.1)
        guard case .refuse(let refusal) = try rig.ask(1) else { Issue.record("there was no place"); return }
        for _ in 0..<(20 * refusal.retryAfterSeconds) {
            _ = rig.pass(0.05)
            if try rig.ask(0) == .go { _ = try rig.end(0) }
        }
        #expect(try rig.ask(1) == .go)
    }

    @Test func `what a caller does not want any more goes to the others`() throws {
        var rig = try QuotaRig(perMinute: 10)
        #expect(try rig.use(5, by: 1) == 5)
        // It may have been told to come back in a minute.
        _ = rig.pass(100)
        #expect(try rig.use(10, by: 0) == 5)
        _ = rig.pass(61)
        #expect(try rig.use(10, by: 0) == 10)
    }

    @Test func `what a caller still wants is not lent`() throws {
        var rig = try QuotaRig(perMinute: 10)
        #expect(try rig.use(5, by: 1) == 5)
        _ = rig.pass(59)
        #expect(try rig.use(1, by: 1) == 1)
        _ = rig.pass(2)
        // Five of its uses lapsed, and it asked for six within a minute: a half is its share.
        #expect(try rig.use(10, by: 0) == 5)
        #expect(try rig.use(10, by: 1) == 4)
    }

    @Test(arguments: [(-1, 0), (0, 0), (5, 5), (2_000_000_000, 1_000_000_000)])
    func `a reserve is between nothing and the largest limit`(said: Int, taken: Int) {
        #expect(CallerShareSettings(reserve: said).reserve == taken)
        #expect(QuotaSettings(perMinute: said, perDay: said).perMinute == taken)
        #expect(QuotaSettings(perMinute: said, perDay: said).perDay == taken)
    }

    @Test(arguments: [(-1, 1), (0, 1), (5, 5), (2_000_000, 1_000_000)])
    func `a weight is at least 1`(said: Int, taken: Int) {
        #expect(CallerShareSettings(weight: said).weight == taken)
    }

    @Test func `the largest numbers trap nothing`() throws {
        let share = CallerShareSettings(weight: .max, reserve: .max)
        var rig = try QuotaRig(perMinute: .max, perDay: .max, wait: 60, shares: [0: share, 1: share])
        for _ in 0..<4 {
            rig.mirror.restore(app: rig.app, caller: try Names.caller(2), endedAgo: 0, count: .max, now: rig.now)
        }
        _ = try rig.ask(0)
        _ = try rig.ask(1)
        _ = try rig.ask(2)
        _ = try rig.status(1)
        #expect(rig.mirror.takeDayWarning(now: rig.now) == [rig.app])
    }
}
