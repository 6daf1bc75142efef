package import Messaging

/// News of an endpoint, for the log.
package enum RouteChange: Sendable, Hashable {
    /// It is tried again after so many microseconds.
    case gone(EndpointName, retryIn: Int64)
    case back(EndpointName)
}
