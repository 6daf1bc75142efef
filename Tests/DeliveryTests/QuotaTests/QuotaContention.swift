import Delivery
import Messaging
import SeededCases

/// Several callers that want one app for a while, each at its own pace, and what each of them gets.
struct QuotaContention {
    struct Caller {
        let name: CallerName
        let weight: Int
        let reserve: Int
        /// Between two asks, on average.
        let pause: Int64
        var nextAsk: Int64
        var asked = 0
        var granted = 0
        var longestGap: Int64 = 0
        var lastGrant: Int64
    }

    /// Attempts take up to so long, in microseconds.
    private static let longestAttempt = 200_000

    let app: AppName
    let window: QuotaWindow
    let limit: Int
    private(set) var callers: [Caller]
    private var mirror: QuotaMirror
    private var random: SplitMix64
    private var now: Int64
    private var ends: [(time: Int64, caller: Int)] = []
    private var waiting: [QuotaTicket: Int] = [:]
    private var lastTicket: UInt64 = 0
    private var isCounting = false

    /// - Parameter mayBeModest: whether some callers want less than their share.
    init(seed: UInt64, window: QuotaWindow, mayBeModest: Bool) throws {
        var random = SplitMix64(seed: seed)
        app = try Names.app(0)
        self.window = window
        now = Int64(random.below(100_000_000))
        let count = 2 + random.below(3)
        let limit = count * (6 + random.below(12))
        var shares: [CallerName: CallerShareSettings] = [:]
        var callers: [Caller] = []
        for number in 0..<count {
            let name = try Names.caller(number)
            let weight = 1 + random.below(4)
            let reserve = window == .minute && random.chance(1, in: 4) ? random.below(limit / count) : 0
            shares[name] = CallerShareSettings(weight: weight, reserve: reserve)
            // A hungry one asks for three times the limit, a modest one for less than half of what it has a right to.
            let asks = mayBeModest && random.chance(1, in: 3) ? max(1, limit / (10 * count)) : 3 * limit
            callers.append(
                Caller(
                    name: name, weight: weight, reserve: reserve,
                    pause: PlainUsage.length(window) / Int64(asks), nextAsk: now, lastGrant: now))
        }
        let settings = QuotaSettings(
            perMinute: window == .minute ? limit : nil, perDay: window == .day ? limit : nil,
            maximumWait: random.element(of: [0, 2_000_000, QuotaSettings.longestWait]), shares: shares
        )
        mirror = QuotaMirror(settings: [app: settings])
        (self.limit, self.callers, self.random) = (limit, callers, random)
    }

    /// Lets windows pass, and counts in the last of them.
    mutating func run(windows: Int, counted: Int) {
        let length = PlainUsage.length(window)
        run(until: now + Int64(windows - counted) * length)
        isCounting = true
        for index in callers.indices { callers[index].lastGrant = now }
        run(until: now + Int64(counted) * length)
        for index in callers.indices { noteGap(of: index) }
    }

    private mutating func run(until end: Int64) {
        while true {
            let asker = callers.indices.min { callers[$0].nextAsk < callers[$1].nextAsk } ?? 0
            let ending = ends.indices.min { ends[$0].time < ends[$1].time }
            let times = [callers[asker].nextAsk, ending.map { ends[$0].time } ?? .max, mirror.nextEvent ?? .max]
            guard let next = times.min(), next <= end else { break }
            now = max(now, next)
            if let ending, ends[ending].time <= now {
                let end = ends.remove(at: ending)
                settle(mirror.ended(app: app, caller: callers[end.caller].name, spent: true, now: now))
            } else if let event = mirror.nextEvent, event <= now {
                settle(mirror.advance(now: now))
                // An event that is due for ever would stop the clock.
                guard mirror.nextEvent != event else { break }
            } else {
                ask(asker)
            }
        }
        now = end
    }

    private mutating func ask(_ index: Int) {
        callers[index].nextAsk = now + callers[index].pause * Int64(50 + random.below(101)) / 100
        if isCounting { callers[index].asked += 1 }
        lastTicket += 1
        let ticket = QuotaTicket(loop: 0, number: lastTicket)
        switch mirror.ask(ticket, app: app, caller: callers[index].name, deadline: .max, now: now) {
        case .go: begin(index)
        case .wait: waiting[ticket] = index
        case .refuse: break
        }
    }

    private mutating func settle(_ notices: [QuotaNotice]) {
        for notice in notices {
            guard let index = waiting.removeValue(forKey: notice.ticket) else { continue }
            if notice.decision == .go { begin(index) }
        }
    }

    private mutating func begin(_ index: Int) {
        ends.append((now + Int64(random.below(QuotaContention.longestAttempt)), index))
        guard isCounting else { return }
        callers[index].granted += 1
        noteGap(of: index)
        callers[index].lastGrant = now
    }

    private mutating func noteGap(of index: Int) {
        callers[index].longestGap = max(callers[index].longestGap, now - callers[index].lastGrant)
    }

    // MARK: What is fair

    /// What is kept or taken for each in a window: first everybody's reserve, wanted or not, then one place after the
    /// other for whoever has least for its weight. Who has as much as it wants is passed over.
    func fairParts(wants: [Int]) -> [Double] {
        var parts = callers.map { Double($0.reserve) }
        var left = Double(limit) - parts.reduce(0, +)
        let step = 0.01
        while left > 0 {
            let hungry = parts.indices.filter { parts[$0] < Double(wants[$0]) }
            let next = hungry.min {
                parts[$0] / Double(callers[$0].weight) < parts[$1] / Double(callers[$1].weight)
            }
            guard let next else { break }
            parts[next] += step
            left -= step
        }
        return parts
    }
}
