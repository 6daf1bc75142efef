/// How old an answer was when it came and how long it is fresh, in microseconds (RFC 9111 section 4.2).
///
/// What Divar says decides. Where it says nothing, `ttl` does, as the heuristic of section 4.2.2; an operator's zero
/// then means that nothing is fresh.
package struct Freshness: Sendable, Hashable {
    package let initialAge: Int64
    package let lifetime: Int64

    package init(initialAge: Int64, lifetime: Int64) {
        self.initialAge = initialAge
        self.lifetime = lifetime
    }

    package init(of fields: ResponseFields, times: AnswerTimes, ttl: Int64) {
        // Section 4.2.3, with its names.
        let second: Int64 = 1_000_000
        let responseDelay = max(0, times.received - times.requested)
        let ageValue = Int64(min(fields.age ?? 0, CacheControl.maximumSeconds)) * second
        let correctedAgeValue = ageValue + responseDelay
        let date = fields.date ?? times.receivedUnix
        let apparentAge = Freshness.microseconds(from: date, to: times.receivedUnix)
        if let maxAge = fields.cacheControl?.maxAge {
            lifetime = Int64(maxAge) * second
            initialAge = max(apparentAge, correctedAgeValue)
        } else if let expires = fields.expires {
            lifetime =
                switch expires {
                case .past: 0
                case .at(let time): Freshness.microseconds(from: date, to: time)
                }
            initialAge = max(apparentAge, correctedAgeValue)
        } else {
            lifetime = ttl
            // Divar's clock has no say in how long our operator trusts an answer.
            initialAge = correctedAgeValue
        }
    }

    /// Never below zero, and no more than the longest time that is told apart.
    private static func microseconds(from start: Int, to end: Int) -> Int64 {
        let (seconds, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow else { return end > start ? Int64(CacheControl.maximumSeconds) * 1_000_000 : 0 }
        return Int64(min(max(0, seconds), CacheControl.maximumSeconds)) * 1_000_000
    }
}
