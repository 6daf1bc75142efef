/// What an operator says of messages that wait to be sent. Times in microseconds.
package struct SendQueueSettings: Sendable, Hashable {
    /// Messages that wait; more are refused.
    package var maximumMessages = 10_000
    /// Messages under way at once, however many lanes have one to send.
    package var maximumUnderWay = 16
    /// How long a message may wait where its caller doesn't say.
    package var defaultPatience: Int64 = 15 * 60_000_000
    package var maximumPatience: Int64 = 24 * 3_600_000_000
    /// How long a message that failed for good can be sent again by an operator.
    package var keepFailed: Int64 = 24 * 3_600_000_000

    package init() {}
}
