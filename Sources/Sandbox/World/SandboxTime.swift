private import DivarAPI

/// A point in time of the simulated world, in microseconds since 1970.
package struct SandboxTime: Sendable, Hashable, Comparable {
    package let microseconds: Int64

    package init(microsecondsSince1970 microseconds: Int64) {
        self.microseconds = max(0, microseconds)
    }

    package static func < (left: SandboxTime, right: SandboxTime) -> Bool {
        left.microseconds < right.microseconds
    }

    package func adding(seconds: Int) -> SandboxTime {
        SandboxTime(microsecondsSince1970: microseconds + Int64(seconds) * 1_000_000)
    }

    /// Minutes since 1970: the windows of the limit per minute.
    var minute: Int64 { microseconds / 60_000_000 }
    /// Days of UTC since 1970: the windows of the limit per day.
    var day: Int64 { microseconds / 86_400_000_000 }

    /// As Divar writes times in conversations. A clock beyond the year 9999 is shown as 1970.
    var rfc3339: String { Timestamp.rfc3339(microseconds: microseconds) ?? "1970-01-01T00:00:00Z" }
}
