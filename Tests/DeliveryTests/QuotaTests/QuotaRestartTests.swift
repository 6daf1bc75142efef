import Delivery
import Messaging
import Testing

/// What outlives new settings and a new process, and what is forgotten.
@Suite struct QuotaRestartTests {
    // MARK: Settings

    @Test func `new settings keep what was counted`() throws {
        var rig = try QuotaRig(perMinute: 5)
        #expect(try rig.use(3) == 3)
        #expect(rig.mirror.reconfigure([rig.app: QuotaSettings(perMinute: 4, perDay: 9)], now: rig.now).isEmpty)
        #expect(try rig.status().map(\.remaining) == [1, 6])
        #expect(try rig.use(5) == 1)
        // Lower than what is used already.
        _ = rig.mirror.reconfigure([rig.app: QuotaSettings(perMinute: 2, maximumWait: 0)], now: rig.now)
        #expect(try rig.ask() == .refused(.minute, 2, after: 61))
        #expect(try rig.status().map(\.remaining) == [0])
    }

    @Test func `who waits has its place at once where a limit is raised or falls away`() throws {
        for settings in [QuotaSettings(perMinute: 2), QuotaSettings(perDay: 9), nil] {
            var rig = try QuotaRig(perMinute: 1, wait: 2)
            #expect(try rig.use(1) == 1)
            _ = rig.pass(60)
            #expect(try rig.ask() == .wait)
            let notices = rig.mirror.reconfigure(settings.map { [rig.app: $0] } ?? [:], now: rig.now)
            #expect(notices.map(\.told) == [.go])
            #expect(rig.mirror.nextEvent == nil)
        }
    }

    @Test func `who waits is not forgotten where a limit is lowered`() throws {
        var rig = try QuotaRig(perMinute: 2, wait: 2)
        #expect(try rig.use(2) == 2)
        _ = rig.pass(60)
        #expect(try rig.ask() == .wait)
        #expect(rig.mirror.reconfigure([rig.app: QuotaSettings(perMinute: 0)], now: rig.now).isEmpty)
        #expect(rig.pass(2).map(\.told) == [.refused(.minute, 0, after: 61)])
    }

    @Test func `a reserve and a weight can be given later, and taken back`() throws {
        var rig = try QuotaRig(perMinute: 10)
        let reserved = try QuotaRig.settings(perMinute: 10, shares: [1: CallerShareSettings(reserve: 3)])
        _ = rig.mirror.reconfigure([rig.app: reserved], now: rig.now)
        #expect(try rig.use(10) == 7)
        _ = rig.mirror.reconfigure([rig.app: QuotaSettings(perMinute: 10)], now: rig.now)
        #expect(try rig.use(10) == 3)
    }

    @Test func `new settings do not end a pause`() throws {
        var rig = try QuotaRig(perMinute: 10)
        _ = rig.limited(retryAfter: 9)
        _ = rig.mirror.reconfigure([rig.app: QuotaSettings(perMinute: 20)], now: rig.now)
        #expect(try rig.ask() == .refused(.minute, 20, after: 9))
    }

    // MARK: Restart

    @Test func `uses of before the start count until they lapse`() throws {
        var rig = try QuotaRig(perMinute: 5, perDay: 20)
        let (one, two) = (try Names.caller(0), try Names.caller(1))
        rig.mirror.restore(app: rig.app, caller: one, endedAgo: 50 * QuotaRig.second, count: 2, now: rig.now)
        rig.mirror.restore(app: rig.app, caller: two, endedAgo: 3_600 * QuotaRig.second, count: 7, now: rig.now)
        #expect(rig.usedToday == 9)
        #expect(try rig.use(5) == 3)
        #expect(try rig.ask() == .refused(.minute, 5, after: 11))
        _ = rig.pass(11)
        #expect(try rig.use(5) == 2)
        #expect(rig.usedToday == 14)
    }

    @Test func `what ended in the future ended now, and what is over is passed over`() throws {
        var rig = try QuotaRig(perMinute: 5)
        let caller = try Names.caller(0)
        rig.mirror.restore(app: rig.app, caller: caller, endedAgo: -1_000_000_000, count: 4, now: rig.now)
        rig.mirror.restore(app: rig.app, caller: caller, endedAgo: 100_000 * QuotaRig.second, count: 9, now: rig.now)
        rig.mirror.restore(app: rig.app, caller: caller, endedAgo: .max, count: 9, now: rig.now)
        rig.mirror.restore(app: rig.app, caller: caller, endedAgo: 0, count: 0, now: rig.now)
        rig.mirror.restore(app: rig.app, caller: caller, endedAgo: 0, count: -3, now: rig.now)
        #expect(rig.usedToday == 4)
        #expect(try rig.use(5) == 1)
        #expect(try rig.ask() == .refused(.minute, 5, after: 61))
    }

    @Test func `uses may be older than the clock`() throws {
        let (app, caller) = (try Names.app(0), try Names.caller(0))
        var mirror = QuotaMirror(settings: [app: QuotaSettings(perMinute: 3, perDay: 9)])
        mirror.restore(app: app, caller: caller, endedAgo: 50 * QuotaRig.second, count: 2, now: 5)
        mirror.restore(app: app, caller: caller, endedAgo: 86_000 * QuotaRig.second, count: 3, now: 5)
        #expect(mirror.status(of: app, caller: caller, now: 5).map(\.remaining) == [1, 4])
        #expect(mirror.status(of: app, caller: caller, now: 11 * QuotaRig.second).map(\.remaining) == [3, 4])
        #expect(mirror.status(of: app, caller: caller, now: 700 * QuotaRig.second).map(\.remaining) == [3, 7])
    }

    // MARK: The warning of the day

    @Test func `it is warned once when four fifths of a day are used, and again after the use went down`() throws {
        var rig = try QuotaRig(perMinute: 100, perDay: 10)
        #expect(try rig.use(7) == 7)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        _ = rig.pass(600)
        #expect(try rig.use(1) == 1)
        #expect(rig.mirror.takeDayWarning(now: rig.now) == [rig.app])
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        #expect(try rig.use(2) == 2)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        // Seven of ten lapse.
        _ = rig.pass(86_200)
        #expect(rig.usedToday == 3)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        #expect(try rig.use(5) == 5)
        #expect(rig.mirror.takeDayWarning(now: rig.now) == [rig.app])
    }

    @Test func `a use that goes up and down a little warns once`() throws {
        var rig = try QuotaRig(perDay: 10)
        for _ in 0..<8 { #expect(try rig.ask() == .go) }
        #expect(rig.mirror.takeDayWarning(now: rig.now) == [rig.app])
        _ = try rig.end(spent: false)
        #expect(rig.usedToday == 7)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        #expect(try rig.ask() == .go)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
    }

    @Test func `nobody is warned of a day without a limit, or of one of nothing`() throws {
        var rig = try QuotaRig(perMinute: 10)
        #expect(try rig.use(10) == 10)
        #expect(rig.mirror.takeDayWarning(now: rig.now).isEmpty)
        var none = try QuotaRig(perDay: 0)
        #expect(none.mirror.takeDayWarning(now: none.now).isEmpty)
    }

    @Test func `apps are warned of in the order of their names`() throws {
        let names = try (0..<9).map { try Names.app($0) }
        var mirror = QuotaMirror(
            settings: Dictionary(uniqueKeysWithValues: names.map { ($0, QuotaSettings(perDay: 1)) }))
        for app in names { mirror.restore(app: app, caller: try Names.caller(0), endedAgo: 0, count: 1, now: 0) }
        #expect(mirror.takeDayWarning(now: 0) == names)
    }
}
