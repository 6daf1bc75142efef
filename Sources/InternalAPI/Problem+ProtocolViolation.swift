internal import HTTPWire
internal import Messaging

extension Problem {
    /// What the wire found, in a caller's terms. Nothing of the kind has reached Divar.
    init(_ violation: ProtocolViolation) {
        switch violation {
        case .malformed:
            self.init(.malformedRequest, detail: "The bytes are not an HTTP/1.1 request.")
        case .missingOrRepeatedHost:
            self.init(.malformedRequest, detail: "An HTTP/1.1 request has the field Host exactly once.")
        case .malformedHost:
            self.init(
                .malformedRequest, detail: "The field Host must be a host, and the target's where that names one."
            )
        case .repeatedField(let name):
            self.init(.malformedRequest, detail: "The field \(name.rawValue) came more than once.")
        case .unsupportedMethod:
            self.init(.methodNotImplemented, detail: "The gateway knows the methods of RFC 9110 but CONNECT.")
        case .unsupportedTarget:
            self.init(
                .malformedRequest, detail: "The request target must be a path, percent-encoded where it has to be.")
        case .unsupportedTransferCoding:
            self.init(.malformedRequest, detail: "The only transfer coding served is chunked.")
        case .unsupportedVersion:
            self.init(.unsupportedVersion, detail: "The gateway speaks HTTP/1.1.")
        case .expectationFailed:
            self.init(.expectationFailed, detail: "The only expectation that is met is 100-continue.")
        case .targetTooLong(let limit):
            self.init(.targetTooLong, detail: "The request target may have \(limit) bytes.")
        case .headerTooLarge(let bytes, let fields):
            self.init(.headerTooLarge, detail: "The header section may have \(bytes) bytes in \(fields) fields.")
        case .chunkExtensionsTooLong(let limit):
            self.init(.bodyTooLarge, detail: "The chunk extensions of a body may have \(limit) bytes.")
        case .headerTimeout:
            self.init(.requestTimeout, detail: "The header section did not arrive in time.")
        case .bodyTimeout:
            self.init(.requestTimeout, detail: "The body did not arrive in time.")
        case .bodyTooLarge(let limit):
            self.init(.bodyTooLarge, detail: "The body may have \(limit) bytes.")
        case .tooManyConnections(let limit):
            self.init(
                .overloaded,
                detail: "All \(limit) connections are in use.",
                retryAfterSeconds: 1
            )
        case .tooManyConnectionsFromAddress(let limit):
            self.init(
                .overloaded,
                detail: "All \(limit) connections that one address may have are in use.",
                retryAfterSeconds: 1
            )
        }
    }
}
