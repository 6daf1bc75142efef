/// How much a caller wants of an app: what it asked for, whether or not it was given it.
///
/// The demand of a minute is the most that was asked for within one minute lately. The plain count of the last minute
/// would not do: a steady caller's ask is forgotten just before the place that it was given comes free, and a hungry
/// caller would snatch that place before the steady one can ask again. For the same reason it is remembered for longer
/// than a caller is told to stay away for: what came free for it meanwhile has to be there when it comes back.
struct DemandMeter: Sendable {
    private static let hour: Int64 = 3_600_000_000
    private static let hoursPerDay = 24
    /// How long after its last ask a caller's demand of the minute is remembered.
    private static let memory = 2 * QuotaWindow.minute.length

    private var minute = SlidingCounter(.minute)
    private var lastHour = SlidingCounter(length: DemandMeter.hour, bucket: QuotaWindow.day.bucket)
    /// The peaks of the current period and of the one before.
    private var peak = 0
    private var earlierPeak = 0
    private var periodEnd = Int64.min
    private var forgotten = Int64.min

    mutating func advance(to now: Int64) {
        minute.advance(to: now)
        lastHour.advance(to: now)
        if now >= forgotten { (peak, earlierPeak) = (0, 0) }
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
        forgotten = now + DemandMeter.memory
    }

    /// Whoever has asked for nothing in the last two minutes, or for the day in the last hour, wants nothing.
    func demand(_ window: QuotaWindow) -> Int {
        switch window {
        case .minute: max(peak, earlierPeak)
        // As much as it would be if the day went on like the last hour.
        case .day: lastHour.total * DemandMeter.hoursPerDay
        }
    }

    var isIdle: Bool { minute.total == 0 && lastHour.total == 0 }
}
