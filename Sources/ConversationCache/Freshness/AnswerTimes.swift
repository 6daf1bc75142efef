/// When a fetch was begun and ended, by a clock that never goes back and, for what Divar dates, by the calendar.
package struct AnswerTimes: Sendable, Hashable {
    /// Microseconds of a monotonic clock.
    package var requested: Int64
    package var received: Int64
    /// Seconds since 1970.
    package var receivedUnix: Int

    package init(requested: Int64, received: Int64, receivedUnix: Int) {
        self.requested = requested
        self.received = received
        self.receivedUnix = receivedUnix
    }
}
