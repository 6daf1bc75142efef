/// Counts calls against a rate: the generic cell rate algorithm (ITU-T I.371), a token bucket kept as one number.
struct RateMeter: Sendable {
    enum Verdict: Hashable {
        case passes
        /// - Parameter wait: microseconds until the next one passes.
        case refused(wait: Int64)
    }

    let rate: CallerRate
    /// When the bucket is full again, in microseconds of the clock of `take`.
    private var full: Int64 = .min / 2

    init(rate: CallerRate) {
        self.rate = rate
    }

    /// What each call takes, in microseconds; rounded up, so that never more pass than the rate has.
    private var interval: Int64 { (60_000_000 + Int64(rate.perMinute) - 1) / Int64(rate.perMinute) }

    mutating func take(now: Int64) -> Verdict {
        let begun = max(full, now)
        let wait = begun + interval - interval * Int64(rate.burst) - now
        guard wait <= 0 else { return .refused(wait: wait) }
        full = begun + interval
        return .passes
    }
}
