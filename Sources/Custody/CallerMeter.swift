internal import Messaging
private import Synchronization

/// Counts one caller's calls, whichever event loop they come on, and outlives changes of its limits: a caller gains
/// nothing by a reload.
final class CallerMeter: CallMetering {
    private struct State {
        var maximumInFlight: Int?
        var rate: RateMeter?
        var inFlight = 0
    }

    private let state = Mutex(State())
    private let name: CallerName
    /// Microseconds, monotonic.
    private let clock: @Sendable () -> Int64

    init(name: CallerName, clock: @escaping @Sendable () -> Int64) {
        (self.name, self.clock) = (name, clock)
    }

    func configure(rate: CallerRate?, maximumInFlight: Int?) {
        state.withLock { state in
            state.maximumInFlight = maximumInFlight
            if state.rate?.rate != rate { state.rate = rate.map(RateMeter.init) }
        }
    }

    func begin() throws(Problem) {
        let now = clock()
        let problem = state.withLock { state in
            if let maximum = state.maximumInFlight, state.inFlight >= maximum { return tooMany(maximum) }
            if let rate = state.rate?.rate, case .refused(let wait)? = state.rate?.take(now: now) {
                return tooFast(rate, wait: wait)
            }
            state.inFlight += 1
            return nil
        }
        if let problem { throw problem }
    }

    func end() {
        state.withLock { $0.inFlight -= 1 }
    }

    private func tooMany(_ maximum: Int) -> Problem? {
        Problem(
            .callerLimit,
            detail: "The caller \(name) has \(maximum) calls under way, as many as its max_in_flight.",
            // Nobody knows when one ends; most take less.
            retryAfterSeconds: 1
        )
    }

    private func tooFast(_ rate: CallerRate, wait: Int64) -> Problem? {
        let seconds = Int((wait + 999_999) / 1_000_000)
        var problem = Problem(
            .callerLimit,
            detail: "The caller \(name) may make \(rate.perMinute) calls a minute, \(rate.burst) at once.",
            retryAfterSeconds: seconds
        )
        problem.rateLimits = [
            RateLimit(
                name: "caller", limit: rate.perMinute, windowSeconds: 60, remaining: 0, resetSeconds: seconds)
        ]
        return problem
    }
}
