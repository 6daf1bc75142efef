internal import AuditReport
private import FoundationEssentials
private import Messaging

/// Points in time as people say them: by the clock, or by their age.
enum AuditTime {
    /// Microseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// Microseconds since 1970.
    ///
    /// - Parameter text: RFC 3339, or an age such as `2h` or `7d`.
    static func read(_ text: String, option: String, now: Int64) throws(AuditUsageError) -> Int64 {
        if let time = RFC3339Time.unixMicroseconds(text) { return time }
        guard let age = UnitParser.duration(text) else {
            throw AuditUsageError(
                "\(option) takes a time such as 2026-11-22T08:00:00+03:30, or an age such as 2h or 7d")
        }
        return before(now, age)
    }

    /// The time that an age ago was.
    static func age(_ text: String, option: String, now: Int64) throws(AuditUsageError) -> Int64 {
        guard let age = UnitParser.duration(text) else {
            throw AuditUsageError("\(option) takes an age such as 12h or 90d")
        }
        return before(now, age)
    }

    private static func before(_ now: Int64, _ age: Duration) -> Int64 {
        let (microseconds, overflows) = age.components.seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? 0 : now - microseconds - age.components.attoseconds / 1_000_000_000_000
    }
}
