private import FoundationEssentials

/// The time as `Date` fields carry it: IMF-fixdate (RFC 9110 section 5.6.7).
package enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Foundation knows the calendar, and gives it as ISO 8601; only the order of the parts is another here.
    ///
    /// - Parameter unixSeconds: to the end of the year 9999; a clock before 1970 is taken for one at its start.
    package static func text(unixSeconds: Int) -> String {
        let unixSeconds = max(0, unixSeconds)
        let iso = Date(timeIntervalSince1970: TimeInterval(unixSeconds)).formatted(.iso8601)
        let parts = iso.split { "-T".contains($0) }
        guard parts.count == 4, let month = Int(parts[1]) else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
        let weekday = weekdays[unixSeconds / 86_400 % 7]
        return "\(weekday), \(parts[2]) \(monthNames[month - 1]) \(parts[0]) \(parts[3].dropLast()) GMT"
    }
}
