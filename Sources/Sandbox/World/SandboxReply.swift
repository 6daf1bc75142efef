package import HTTPWire

/// What the sandbox does about a request.
package indirect enum SandboxReply: Sendable {
    case respond(Response)
    /// The whole answer is promised, only so many bytes of its body come, and the connection closes.
    case cut(Response, bodyBytes: Int)
    /// The connection closes without a byte of an answer.
    case close
    /// Nothing for so long, then as `close`.
    case hold(milliseconds: Int)
    /// As `respond`, or as `close` without an answer; then nobody can connect for so long.
    case refuseConnections(milliseconds: Int, answering: Response?)
    /// What was decided already is done later.
    case delay(milliseconds: Int, SandboxReply)
    /// The world is asked again later, with `SandboxWorld.resume(_:at:)`.
    case wait(milliseconds: Int, PendingRequest)

    /// The status that the client gets to see, or nil where it gets none.
    var status: Int? {
        switch self {
        case .respond(let response), .cut(let response, _): response.status
        case .refuseConnections(_, let response): response?.status
        case .delay(_, let reply): reply.status
        case .close, .hold, .wait: nil
        }
    }
}
