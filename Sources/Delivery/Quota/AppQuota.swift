import Messaging

/// One app's limits: what its callers have used of them, and which calls wait.
///
/// A call counts from the moment it is given its place until a window after its end, because Divar counts it at some
/// instant between the two. Whichever windows Divar has, all calls that it counts in one of them are counted here when
/// the last of them is given its place.
struct AppQuota: Sendable {
    /// More than this would not get a place in time anyway, and each costs memory.
    static let maximumWaiting = 1024
    /// Callers that have nothing here any more are looked for this often, in microseconds.
    static let tidyInterval: Int64 = 300_000_000

    var settings: QuotaSettings
    var minute: LimitedWindow
    var day: LimitedWindow
    var accounts: [CallerAccount] = []
    private var places: [CallerName: Int] = [:]
    /// Calls that have a place and have not ended: they count in both windows.
    private(set) var underway = 0
    var calls: [QuotaTicket: WaitingCall] = [:]
    /// By the ends of their waiting.
    var ends = CallOrder()
    var lastNumber: UInt64 = 0
    /// When more may have come free for those who wait.
    var nextService = Int64.max
    var hasWarned = false
    private var clock = Int64.min
    private var nextAdvance = Int64.min
    private var nextTidying = Int64.min

    init(settings: QuotaSettings) {
        self.settings = settings
        minute = LimitedWindow(.minute, limit: settings.perMinute)
        day = LimitedWindow(.day, limit: settings.perDay)
        openAccounts()
    }

    var isIdle: Bool { accounts.isEmpty && minute.block.end <= clock && day.block.end <= clock }
    var isLimited: Bool { minute.limit != nil || day.limit != nil }

    func window(_ window: QuotaWindow) -> LimitedWindow {
        switch window {
        case .minute: minute
        case .day: day
        }
    }

    func used(_ window: QuotaWindow) -> Int { self.window(window).ended.total + underway }

    func isShut(at now: Int64) -> Bool { minute.block.isShut(at: now) || day.block.isShut(at: now) }

    /// Lets lapse what is over.
    ///
    /// - Returns: the time to go by: loops may tell of their calls in another order than they read the clock in.
    mutating func advance(to now: Int64) -> Int64 {
        clock = max(clock, now)
        guard clock >= nextAdvance else { return clock }
        nextAdvance = SlidingCounter.boundary(after: clock, width: QuotaWindow.minute.bucket)
        minute.ended.advance(to: clock)
        day.ended.advance(to: clock)
        for index in accounts.indices { accounts[index].advance(to: clock) }
        if clock >= nextTidying {
            nextTidying = clock + AppQuota.tidyInterval
            tidy()
        }
        return clock
    }

    // MARK: Callers

    /// Where a caller's account is; valid until time advances.
    mutating func place(of caller: CallerName) -> Int {
        if let place = places[caller] { return place }
        places[caller] = accounts.count
        accounts.append(CallerAccount(caller, settings: settings, now: clock))
        return accounts.count - 1
    }

    /// Whoever has a reserve has an account, so that it is kept from the start. By name, for a dictionary's own order
    /// is another in each process.
    private mutating func openAccounts() {
        for caller in settings.shares.keys.sorted(by: { $0.text < $1.text }) { _ = place(of: caller) }
    }

    private mutating func tidy() {
        accounts.removeAll { $0.isIdle }
        guard accounts.count < places.count else { return }
        places = Dictionary(uniqueKeysWithValues: accounts.indices.map { (accounts[$0].name, $0) })
    }

    mutating func configure(_ settings: QuotaSettings) {
        self.settings = settings
        (minute.limit, day.limit) = (settings.perMinute, settings.perDay)
        for index in accounts.indices { accounts[index].configure(settings) }
        openAccounts()
    }

    // MARK: Uses

    mutating func grant(_ index: Int) {
        accounts[index].underway += 1
        underway += 1
    }

    mutating func ended(_ caller: CallerName, isSpent: Bool, now: Int64) {
        let index = place(of: caller)
        if accounts[index].underway > 0 {
            accounts[index].underway -= 1
            underway -= 1
        }
        guard isSpent else { return }
        count(1, of: index, at: now)
        minute.block.succeed(now: now)
        day.block.succeed(now: now)
    }

    mutating func restore(_ caller: CallerName, at time: Int64, count: Int) {
        self.count(count, of: place(of: caller), at: time)
    }

    private mutating func count(_ count: Int, of index: Int, at time: Int64) {
        accounts[index].count(count, at: time)
        minute.ended.add(count, at: time)
        day.ended.add(count, at: time)
    }
}
