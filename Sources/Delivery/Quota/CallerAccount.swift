import Messaging

/// What one caller has used of one app, what it wants, and which of its calls wait.
struct CallerAccount: Sendable {
    let name: CallerName
    private(set) var weight = 1
    private var reserves = (minute: 0, day: 0)
    private var isConfigured = false
    /// Calls that have a place and have not ended.
    var underway = 0
    private(set) var minute = SlidingCounter(.minute)
    private(set) var day = SlidingCounter(.day)
    var demand = DemandMeter()
    /// First come, first served: all keys are 0.
    var waiting = CallOrder()

    init(_ name: CallerName, settings: QuotaSettings, now: Int64) {
        self.name = name
        configure(settings)
        advance(to: now)
    }

    /// Nothing is lost when it is forgotten.
    var isIdle: Bool {
        !isConfigured && underway == 0 && waiting.count == 0 && minute.total == 0 && day.total == 0 && demand.isIdle
    }

    mutating func configure(_ settings: QuotaSettings) {
        weight = settings.share(of: name).weight
        reserves = (settings.reserve(of: name, .minute), settings.reserve(of: name, .day))
        isConfigured = settings.shares[name] != nil
    }

    mutating func advance(to now: Int64) {
        minute.advance(to: now)
        day.advance(to: now)
        demand.advance(to: now)
    }

    mutating func count(_ count: Int, at time: Int64) {
        minute.add(count, at: time)
        day.add(count, at: time)
    }

    func ended(_ window: QuotaWindow) -> SlidingCounter {
        switch window {
        case .minute: minute
        case .day: day
        }
    }

    func used(_ window: QuotaWindow) -> Int { ended(window).total + underway }

    /// Its claim, should it ask for `more` beside what waits.
    func claim(_ window: QuotaWindow, more: Int) -> FairShares.Claim {
        let used = used(window)
        return FairShares.Claim(
            weight: weight, reserve: window == .minute ? reserves.minute : reserves.day,
            demand: max(demand.demand(window), used + waiting.count + more), used: used
        )
    }
}
