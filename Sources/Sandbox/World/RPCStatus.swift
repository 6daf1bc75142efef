internal import HTTPWire
private import StrictJSON

/// A refusal, answered as a google.rpc.Status.
struct RPCStatus: Error, Sendable, Hashable {
    var code: RPCCode
    var message: String
    var httpStatus: Int

    /// - Parameter httpStatus: where it is another than the code's own.
    init(_ code: RPCCode, _ message: String, httpStatus: Int? = nil) {
        self.code = code
        self.message = message
        self.httpStatus = httpStatus ?? code.httpStatus
    }

    /// A path that nobody serves.
    static let notFound = RPCStatus(.notFound, "Not Found")
    /// A path that is served with another method.
    static let methodNotAllowed = RPCStatus(.unimplemented, "Method Not Allowed")

    var response: Response {
        Response(
            status: httpStatus,
            json: .object([
                JSONMember("code", .number(String(code.rawValue))),
                JSONMember("message", .string(message)),
                JSONMember("details", .array([])),
            ])
        )
    }
}

extension RPCStatus {
    /// What HTTP itself or a limit forbids.
    init(_ violation: ProtocolViolation) {
        switch violation {
        case .malformed, .missingOrRepeatedHost, .malformedHost, .repeatedField, .unsupportedTarget:
            self.init(.invalidArgument, "the request is not well-formed HTTP")
        case .unsupportedMethod:
            self.init(.unimplemented, "the method is not implemented")
        case .unsupportedTransferCoding:
            self.init(.unimplemented, "the transfer coding is not supported")
        case .unsupportedVersion:
            self.init(.unimplemented, "the HTTP version is not supported", httpStatus: 505)
        case .expectationFailed:
            self.init(.invalidArgument, "the expectation can not be met", httpStatus: 417)
        case .targetTooLong(let limit):
            self.init(.invalidArgument, "the request target is longer than \(limit) bytes", httpStatus: 414)
        case .headerTooLarge(let bytes, let fields):
            self.init(
                .invalidArgument, "the header section has more than \(bytes) bytes or \(fields) fields",
                httpStatus: 431
            )
        case .chunkExtensionsTooLong(let limit):
            self.init(.invalidArgument, "the chunk extensions have more than \(limit) bytes", httpStatus: 413)
        case .headerTimeout, .bodyTimeout:
            self.init(.deadlineExceeded, "the request did not arrive in time", httpStatus: 408)
        case .bodyTooLarge(let limit):
            self.init(.invalidArgument, "the body is larger than \(limit) bytes", httpStatus: 413)
        case .tooManyConnections(let limit), .tooManyConnectionsFromAddress(let limit):
            self.init(.unavailable, "there are more than \(limit) connections")
        }
    }
}
