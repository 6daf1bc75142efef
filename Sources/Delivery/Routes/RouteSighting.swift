package import Messaging

/// What a call saw of an endpoint.
package struct RouteSighting: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case alive
        case gone
        /// It looked gone, and perhaps only what the call named was.
        case maybeGone
    }

    package var endpoint: EndpointName
    package var kind: Kind

    package init(endpoint: EndpointName, kind: Kind) {
        self.endpoint = endpoint
        self.kind = kind
    }
}
