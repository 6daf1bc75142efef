import Delivery
import Messaging
import Testing

/// One app's mirror, and a clock that only moves when a test says so.
struct QuotaRig {
    static let second: Int64 = 1_000_000
    /// Where a bucket of each window begins.
    static let start = 1_200 * second

    let app: AppName
    var mirror: QuotaMirror
    private(set) var now = QuotaRig.start
    private var lastTicket: UInt64 = 0

    /// - Parameter wait: seconds.
    init(
        perMinute: Int? = nil, perDay: Int? = nil, wait: Double = 0, pause: Int64 = QuotaSettings.defaultPause,
        shares: [Int: CallerShareSettings] = [:]
    ) throws {
        app = try Names.app(0)
        let settings = try QuotaRig.settings(
            perMinute: perMinute, perDay: perDay, wait: wait, pause: pause, shares: shares)
        mirror = QuotaMirror(settings: [app: settings])
    }

    static func settings(
        perMinute: Int? = nil, perDay: Int? = nil, wait: Double = 0, pause: Int64 = QuotaSettings.defaultPause,
        shares: [Int: CallerShareSettings] = [:]
    ) throws -> QuotaSettings {
        var named: [CallerName: CallerShareSettings] = [:]
        for (number, share) in shares { named[try Names.caller(number)] = share }
        return QuotaSettings(
            perMinute: perMinute, perDay: perDay, maximumWait: microseconds(wait), pause: pause, shares: named)
    }

    static func microseconds(_ seconds: Double) -> Int64 { Int64(seconds * Double(second)) }

    /// The ticket of the latest ask.
    var ticket: QuotaTicket { QuotaTicket(loop: 0, number: lastTicket) }

    /// - Parameter within: its deadline, in seconds from now.
    mutating func ask(_ caller: Int = 0, within: Double = 3_600) throws -> QuotaDecision {
        lastTicket += 1
        return mirror.ask(
            ticket, app: app, caller: try Names.caller(caller), deadline: now + QuotaRig.microseconds(within), now: now)
    }

    mutating func end(_ caller: Int = 0, spent: Bool = true) throws -> [QuotaNotice] {
        mirror.ended(app: app, caller: try Names.caller(caller), spent: spent, now: now)
    }

    /// Calls that end as soon as they have begun.
    ///
    /// - Returns: how many had a place, before the first that had none.
    mutating func use(_ count: Int, by caller: Int = 0) throws -> Int {
        for number in 0..<count {
            guard try ask(caller) == .go else { return number }
            _ = try end(caller)
        }
        return count
    }

    /// Lets seconds pass, and everything happen that is due.
    mutating func pass(_ seconds: Double) -> [QuotaNotice] {
        let end = now + QuotaRig.microseconds(seconds)
        var notices: [QuotaNotice] = []
        while let event = mirror.nextEvent, event <= end {
            now = max(now, event)
            notices += mirror.advance(now: now)
            guard mirror.nextEvent != event else {
                Issue.record("an event is due for ever")
                break
            }
        }
        now = end
        return notices
    }

    mutating func limited(_ window: QuotaWindow? = .minute, retryAfter: Int? = nil) -> [QuotaNotice] {
        mirror.limited(app: app, window: window, retryAfterSeconds: retryAfter, now: now)
    }

    func status(_ caller: Int = 0) throws -> [RateLimit] {
        mirror.status(of: app, caller: try Names.caller(caller), now: now)
    }

    var isPaused: Bool { mirror.isPaused(app, now: now) }
    var usedToday: Int { mirror.usage(of: app, now: now).usedToday }
}
