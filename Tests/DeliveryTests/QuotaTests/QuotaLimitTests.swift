import Delivery
import Messaging
import Testing

/// What the limits allow when nobody has to share and nobody waits.
@Suite struct QuotaLimitTests {
    @Test func `a minute's limit is given out once, and again when its uses are a minute old`() throws {
        var rig = try QuotaRig(perMinute: 3)
        #expect(try rig.use(4) == 3)
        #expect(try rig.ask() == .refused(.minute, 3, after: 61))
        _ = rig.pass(60.9)
        #expect(try rig.ask() == .refused(.minute, 3, after: 1))
        _ = rig.pass(0.1)
        #expect(try rig.use(4) == 3)
    }

    @Test func `a day's limit is given out once, and again when its uses are a day old`() throws {
        var rig = try QuotaRig(perDay: 2)
        #expect(try rig.use(3) == 2)
        #expect(try rig.ask() == .refused(.day, 2, after: 86_700))
        _ = rig.pass(86_699.5)
        #expect(try rig.ask() == .refused(.day, 2, after: 1))
        _ = rig.pass(0.5)
        #expect(try rig.use(3) == 2)
    }

    @Test func `of two limits the one that lasts longer is told`() throws {
        var rig = try QuotaRig(perMinute: 2, perDay: 5)
        #expect(try rig.use(3) == 2)
        #expect(try rig.ask() == .refused(.minute, 2, after: 61))
        _ = rig.pass(61)
        #expect(try rig.use(3) == 2)
        _ = rig.pass(61)
        #expect(try rig.use(3) == 1)
        #expect(try rig.ask() == .refused(.day, 5, after: 86_578))
        #expect(try rig.use(1) == 0)
        var full = try QuotaRig(perMinute: 2, perDay: 2)
        #expect(try full.use(3) == 2)
        #expect(try full.ask() == .refused(.day, 2, after: 86_700))
    }

    @Test func `without limits everything goes and is counted`() throws {
        var rig = try QuotaRig()
        #expect(try rig.use(1_000) == 1_000)
        #expect(try rig.status() == [])
        #expect(
            rig.mirror.usage(of: rig.app, now: rig.now)
                == QuotaUsage(usedThisMinute: 1_000, usedToday: 1_000, perDay: nil))
        var other = QuotaMirror(settings: [:])
        let caller = try Names.caller(0)
        #expect(other.usage(of: rig.app, now: 0) == QuotaUsage(usedToday: 0, perDay: nil))
        #expect(other.ask(rig.ticket, app: rig.app, caller: caller, deadline: 1, now: 0) == .go)
        #expect(other.usage(of: rig.app, now: 0) == QuotaUsage(usedThisMinute: 1, usedToday: 1, perDay: nil))
        #expect(other.status(of: rig.app, caller: caller, now: 0) == [] && !other.isPaused(rig.app, now: 0))
    }

    @Test func `a limit of nothing refuses everything`() throws {
        var rig = try QuotaRig(perMinute: 0, wait: 60)
        #expect(try rig.ask() == .refused(.minute, 0, after: 61))
        #expect(rig.mirror.nextEvent == nil)
    }

    @Test func `a call keeps its place until a minute after its end`() throws {
        var rig = try QuotaRig(perMinute: 1)
        #expect(try rig.ask() == .go)
        _ = rig.pass(100)
        // How long it still takes nobody knows.
        #expect(try rig.ask() == .refused(.minute, 1, after: 61))
        _ = try rig.end()
        _ = rig.pass(60.5)
        #expect(try rig.ask() == .refused(.minute, 1, after: 1))
        _ = rig.pass(0.5)
        #expect(try rig.ask() == .go)
    }

    @Test func `what Divar certainly has not counted is free at once`() throws {
        var rig = try QuotaRig(perMinute: 1, perDay: 1)
        #expect(try rig.ask() == .go)
        #expect(try rig.end(spent: false).isEmpty)
        #expect(rig.usedToday == 0)
        #expect(try rig.ask() == .go)
    }

    @Test func `a loop whose clock is behind frees nothing early`() throws {
        var rig = try QuotaRig(perMinute: 1)
        let caller = try Names.caller(0)
        #expect(try rig.ask() == .go)
        _ = rig.pass(30)
        #expect(rig.mirror.advance(now: rig.now).isEmpty)
        #expect(rig.mirror.ask(rig.ticket, app: rig.app, caller: caller, deadline: .max, now: rig.now) != .go)
        // It was told at 30 seconds, whatever this loop's clock says.
        _ = rig.mirror.ended(app: rig.app, caller: caller, spent: true, now: QuotaRig.start)
        _ = rig.pass(60)
        #expect(try rig.ask() == .refused(.minute, 1, after: 1))
        _ = rig.pass(1)
        #expect(try rig.ask() == .go)
    }

    @Test func `one app's calls use nothing of another's`() throws {
        let (one, two) = (try Names.app(1), try Names.app(2))
        let caller = try Names.caller(0)
        var mirror = QuotaMirror(settings: [one: QuotaSettings(perMinute: 1), two: QuotaSettings(perMinute: 1)])
        let ticket = QuotaTicket(loop: 0, number: 1)
        #expect(mirror.ask(ticket, app: one, caller: caller, deadline: .max, now: 0) == .go)
        _ = mirror.limited(app: one, window: .minute, retryAfterSeconds: 5, now: 0)
        #expect(mirror.isPaused(one, now: 0) && !mirror.isPaused(two, now: 0))
        #expect(mirror.ask(ticket, app: two, caller: caller, deadline: .max, now: 0) == .go)
    }

    // MARK: The RateLimit fields

    private func minute(_ limit: Int, _ remaining: Int, reset: Int) -> RateLimit {
        RateLimit(name: "minute", limit: limit, windowSeconds: 60, remaining: remaining, resetSeconds: reset)
    }

    private func day(_ limit: Int, _ remaining: Int, reset: Int) -> RateLimit {
        RateLimit(name: "day", limit: limit, windowSeconds: 86_400, remaining: remaining, resetSeconds: reset)
    }

    @Test func `a caller is told what remains of each window, and when there is more`() throws {
        var rig = try QuotaRig(perMinute: 2, perDay: 10)
        #expect(try rig.status() == [minute(2, 2, reset: 0), day(10, 10, reset: 0)])
        #expect(try rig.ask() == .go)
        #expect(try rig.status() == [minute(2, 1, reset: 61), day(10, 9, reset: 86_700)])
        _ = try rig.end()
        _ = rig.pass(20.5)
        #expect(try rig.status() == [minute(2, 1, reset: 41), day(10, 9, reset: 86_680)])
        #expect(try rig.use(1) == 1)
        #expect(try rig.status() == [minute(2, 0, reset: 41), day(10, 8, reset: 86_680)])
        _ = rig.pass(40.5)
        #expect(try rig.status() == [minute(2, 1, reset: 20), day(10, 8, reset: 86_639)])
    }

    @Test func `only windows that have a limit are told`() throws {
        #expect(try QuotaRig(perMinute: 5).status() == [minute(5, 5, reset: 0)])
        #expect(try QuotaRig(perDay: 5).status() == [day(5, 5, reset: 0)])
    }

    @Test func `what is kept for others does not remain for a caller`() throws {
        var rig = try QuotaRig(perMinute: 10, perDay: 100, shares: [1: CallerShareSettings(reserve: 4)])
        #expect(try rig.status(0) == [minute(10, 6, reset: 0), day(100, 60, reset: 0)])
        #expect(try rig.status(1) == [minute(10, 10, reset: 0), day(100, 100, reset: 0)])
        #expect(try rig.use(10) == 6)
        #expect(try rig.status(0).map(\.remaining) == [0, 54])
        // If the other goes on like this, it wants half of the day.
        #expect(try rig.status(1).map(\.remaining) == [4, 50])
    }

    @Test(arguments: [QuotaWindow.minute, .day]) func `nothing remains during a pause`(window: QuotaWindow) throws {
        var rig = try QuotaRig(perMinute: 5)
        _ = rig.limited(window, retryAfter: 30)
        #expect(try rig.status() == [minute(5, 0, reset: 30)])
        _ = rig.pass(30)
        #expect(try rig.status() == [minute(5, 5, reset: 0)])
    }
}
