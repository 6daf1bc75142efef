/// How much a caller wants of an app: what it asked for, whether or not it was given it.
///
/// The demand of a minute is the most that was asked for within one minute lately. The plain count of the last minute
/// would not do: a steady caller's ask is forgotten just before the place that it was given comes free, and a hungry
/// caller would snatch that place before the steady one can ask again.
struct DemandMeter: Sendable {
    private static let hour: Int64 = 3_600_000_000
    private static let hoursPerDay = 24

    private var minute = SlidingCounter(.minute)
    private var lastHour = SlidingCounter(length: DemandMeter.hour, bucket: QuotaWindow.day.bucket)
    /// The peaks of the current period and of the one before: a peak is remembered for one to two minutes.
    private var peak = 0
    private var earlierPeak = 0
    private var periodEnd = Int64.min

    mutating func advance(to now: Int64) {
        minute.advance(to: now)
        lastHour.advance(to: now)
        guard now >= periodEnd else { return }
        let isNext = periodEnd > .min && now < periodEnd + QuotaWindow.minute.length
        earlierPeak = isNext ? peak : 0
        peak = minute.total
        periodEnd = SlidingCounter.boundary(after: now, width: QuotaWindow.minute.length)
    }

    mutating func ask(now: Int64) {
        minute.add(at: now)
        lastHour.add(at: now)
        peak = max(peak, minute.total)
    }

    /// Whoever has asked for nothing in the last minute, or for the day in the last hour, wants nothing.
    func demand(_ window: QuotaWindow) -> Int {
        switch window {
        case .minute: minute.total > 0 ? max(peak, earlierPeak) : 0
        // As much as it would be if the day went on like the last hour.
        case .day: lastHour.total * DemandMeter.hoursPerDay
        }
    }

    var isIdle: Bool { minute.total == 0 && lastHour.total == 0 }
}
