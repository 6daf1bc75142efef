package import Messaging

/// Why an attempt brought no answer, and the one thing that decides what may be said of it.
package struct AttemptFailure: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// The host's name could not be resolved.
        case nameLookup
        /// The host leads only to addresses that are not called.
        case addressRefused(RefusedAddress)
        case connect
        case tls
        /// All connections are in use and so are all places in the queue for them.
        case noConnectionFree
        case deadline
        /// The connection ended before the answer was whole.
        case closed
        /// The bytes that came are no HTTP answer.
        case malformedAnswer
        /// The answer is over the limit.
        case answerTooLarge
    }

    package var reason: Reason
    /// Whether a byte of the request may have left. While none has, it is proven that Divar did nothing.
    package var requestStarted: Bool

    package init(_ reason: Reason, requestStarted: Bool) {
        self.reason = reason
        self.requestStarted = requestStarted
    }
}
