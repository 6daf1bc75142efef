import Delivery

/// What must hold whenever a call is decided.
extension QuotaSchedule {
    private var limits: [(window: QuotaWindow, limit: Int)] {
        [(.minute, settings.perMinute), (.day, settings.perDay)].compactMap { window, limit in
            limit.map { (window, $0) }
        }
    }

    var isPaused: Bool { mirror.isPaused(app, now: clock - usage.epoch) }

    /// Of the day a caller keeps the part that its reserve is of the minute.
    func reserve(of caller: Int, _ window: QuotaWindow) -> Int {
        let reserve = settings.shares[callers[caller]]?.reserve ?? 0
        guard window == .day, let perDay = settings.perDay else { return reserve }
        let all = settings.shares.values.map(\.reserve).reduce(0, +)
        return perDay * reserve / max(settings.perMinute ?? perDay / 1_440, all, 1)
    }

    func waiting(_ caller: Int) -> Int { waiters.values.count { $0.caller == caller } }

    /// Why a caller's next call, or its first that waits, must have a place; nil where it need not.
    func mustGo(_ caller: Int, isWaiting: Bool = false) -> String? {
        guard !isPaused, isWaiting || waiting(caller) == 0 else { return nil }
        var (isInReserve, isRoom) = (!hasReconfigured, true)
        for (window, limit) in limits {
            let held = usage.held(window, at: clock)
            isInReserve = isInReserve && held[caller] < reserve(of: caller, window)
            isRoom = isRoom && held.reduce(0, +) < limit && fits(caller, window, limit: limit, held: held)
            guard isInReserve || isRoom else { return nil }
        }
        return isInReserve ? "it is within its reserve" : "there is room for all that all want"
    }

    private func fits(_ caller: Int, _ window: QuotaWindow, limit: Int, held: [Int]) -> Bool {
        let wanted = usage.wanted(window, at: clock)
        let kept = callers.indices.reduce(0) { sum, other in
            guard other != caller else { return sum }
            let most = max(reserve(of: other, window), wanted[other], held[other] + waiting(other))
            return sum + most - held[other]
        }
        return held.reduce(0, +) + 1 + kept <= limit
    }

    /// After all that was due: nobody waits for what is free by now.
    mutating func checkWaiting() {
        let told = clock
        clock = now
        defer { clock = told }
        guard !waiters.isEmpty, !isPaused else { return }
        for caller in Set(waiters.values.map(\.caller)) {
            if let why = mustGo(caller, isWaiting: true) { complain("\(callers[caller]) waits though \(why)") }
        }
        let isFree = limits.allSatisfy { window, limit in usage.held(window, at: clock).reduce(0, +) < limit }
        guard isFree else { return }
        let isKept = limits.contains { window, _ in
            let (held, wanted) = (usage.held(window, at: clock), usage.wanted(window, at: clock))
            return callers.indices.contains {
                waiting($0) == 0 && held[$0] < max(reserve(of: $0, window), wanted[$0])
            }
        }
        if !isKept { complain("something lies idle while \(waiters.count) wait") }
    }

    mutating func check(_ refusal: QuotaRefusal) {
        refused += 1
        let limit = refusal.window == .minute ? settings.perMinute : settings.perDay
        if refusal.limit != limit { complain("a refusal tells the limit \(refusal.limit ?? -1)") }
        if limit == nil, !isPaused { complain("refused for a \(refusal.window.rawValue) that has no limit") }
        let longest = PlainUsage.length(refusal.window) + PlainUsage.bucket(refusal.window)
        // A pause may last longer than what is left of the window.
        let most = max(longest, isPaused ? PlainUsage.hour : 0) / PlainUsage.second
        if !(1...Int(most)).contains(refusal.retryAfterSeconds) { complain("\(refusal) comes at the wrong time") }
    }
}
