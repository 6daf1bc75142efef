import Delivery
import Messaging
import Testing

/// Nothing is remembered of callers and apps that have not called for a day.
@Suite struct QuotaMemoryTests {
    private static let callers = 200
    private static let day = 86_400 * QuotaRig.second

    /// How many entries the collections of a value have, at any depth.
    private func entries(of value: Any, depth: Int = 4) -> Int {
        guard depth > 0 else { return 0 }
        return Mirror(reflecting: value).children.reduce(0) { sum, child in
            let count = child.value is String ? 0 : (child.value as? any Collection)?.count ?? 0
            return sum + count + entries(of: child.value, depth: depth - 1)
        }
    }

    private func use(_ mirror: inout QuotaMirror, app: AppName, caller: Int, now: Int64) throws {
        let (name, ticket) = (try Names.caller(caller), QuotaTicket(loop: 0, number: 0))
        #expect(mirror.ask(ticket, app: app, caller: name, deadline: .max, now: now) == .go)
        _ = mirror.ended(app: app, caller: name, spent: true, now: now)
    }

    @Test func `callers that have not called for a day are forgotten`() throws {
        let app = try Names.app(0)
        var mirror = QuotaMirror(settings: [app: QuotaSettings(perMinute: 1_000)])
        try use(&mirror, app: app, caller: 0, now: 0)
        // Whatever one caller takes, the others take too.
        let few = entries(of: mirror)
        for caller in 1..<QuotaMemoryTests.callers { try use(&mirror, app: app, caller: caller, now: 0) }
        #expect(entries(of: mirror) > QuotaMemoryTests.callers)
        for hour in 1...26 { try use(&mirror, app: app, caller: 0, now: Int64(hour) * QuotaMemoryTests.day / 24) }
        #expect(entries(of: mirror) <= few)
    }

    @Test func `apps without settings are forgotten`() throws {
        let app = try Names.app(0)
        var mirror = QuotaMirror(settings: [app: QuotaSettings(perMinute: 1_000)])
        try use(&mirror, app: app, caller: 0, now: 0)
        let few = entries(of: mirror)
        for other in 1..<QuotaMemoryTests.callers { try use(&mirror, app: Names.app(other), caller: 0, now: 0) }
        #expect(entries(of: mirror) > QuotaMemoryTests.callers)
        for hour in 1...26 { try use(&mirror, app: app, caller: 0, now: Int64(hour) * QuotaMemoryTests.day / 24) }
        #expect(entries(of: mirror) <= few)
    }

    @Test func `who is under way is not forgotten`() throws {
        let (app, caller) = (try Names.app(0), try Names.caller(1))
        var mirror = QuotaMirror(settings: [:])
        let ticket = QuotaTicket(loop: 0, number: 0)
        #expect(mirror.ask(ticket, app: app, caller: caller, deadline: .max, now: 0) == .go)
        for day in 1...3 { #expect(mirror.advance(now: Int64(day) * QuotaMemoryTests.day).isEmpty) }
        #expect(mirror.usage(of: app, now: 3 * QuotaMemoryTests.day).usedToday == 1)
        _ = mirror.ended(app: app, caller: caller, spent: true, now: 3 * QuotaMemoryTests.day)
        #expect(mirror.usage(of: app, now: 3 * QuotaMemoryTests.day).usedToday == 1)
    }

    @Test func `what has waited leaves nothing behind`() throws {
        var rig = try QuotaRig(perMinute: 100, wait: 60)
        #expect(try rig.use(100) == 100)
        _ = rig.pass(30)
        let few = entries(of: rig.mirror)
        for _ in 0..<100 { #expect(try rig.ask() == .wait) }
        #expect(entries(of: rig.mirror) > few + 100)
        #expect(rig.pass(31).count == 100)
        #expect(entries(of: rig.mirror) <= few)
    }

    @Test func `asking about apps and callers that nobody knows costs no memory`() throws {
        var mirror = QuotaMirror(settings: [:])
        let few = entries(of: mirror)
        for number in 0..<100 {
            let (app, caller) = (try Names.app(number), try Names.caller(number))
            _ = mirror.status(of: app, caller: caller, now: 0)
            _ = mirror.usage(of: app, now: 0)
            _ = mirror.isPaused(app, now: 0)
            #expect(mirror.abandon(QuotaTicket(loop: 0, number: UInt64(number))) == false)
        }
        #expect(mirror.takeDayWarning(now: 0).isEmpty)
        #expect(entries(of: mirror) == few)
    }
}
