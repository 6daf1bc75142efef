/// Counts each app's requests per minute and per day of UTC, in windows of the clock.
///
/// Divar doesn't say how its windows lie; windows of the clock are the simplest that a test can foresee.
struct UsageMeter: Sendable {
    private struct Use {
        var minute: Int64
        var inMinute = 0
        var day: Int64
        var inDay = 0
    }

    private let limits: UsageLimits
    private var uses: [String: Use] = [:]

    /// Counting begins at zero, also where limits are changed later.
    init(limits: UsageLimits) {
        self.limits = limits
    }

    /// Counts one request, or throws and counts nothing where a limit is reached.
    mutating func count(_ app: String, at now: SandboxTime) throws(RPCStatus) {
        var use = uses[app] ?? Use(minute: now.minute, day: now.day)
        if use.minute != now.minute { (use.minute, use.inMinute) = (now.minute, 0) }
        if use.day != now.day { (use.day, use.inDay) = (now.day, 0) }
        if let perMinute = limits.perMinute, use.inMinute >= perMinute {
            throw RPCStatus(.resourceExhausted, "per-minute limit exceeded")
        }
        if let perDay = limits.perDay, use.inDay >= perDay {
            throw RPCStatus(.resourceExhausted, "daily quota exceeded")
        }
        use.inMinute += 1
        use.inDay += 1
        if uses[app] == nil, uses.count >= SandboxLimits.meteredApps { uses.removeAll() }
        uses[app] = use
    }
}
