package import Messaging

/// Why there is no answer, and whether a byte of the request may have left.
package struct UpstreamFailure: Error, Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        case nameLookup
        /// All that the host leads to is refused; this is the first of it.
        case addressRefused(RefusedAddress)
        case connect
        case tls
        case noConnectionFree
        case deadline
        case closed
        case malformedAnswer
        case answerTooLarge
    }

    package var reason: Reason
    /// False only where it is certain that no byte of the request was handed to the socket.
    package var requestStarted: Bool

    package init(_ reason: Reason, requestStarted: Bool) {
        self.reason = reason
        self.requestStarted = requestStarted
    }
}
