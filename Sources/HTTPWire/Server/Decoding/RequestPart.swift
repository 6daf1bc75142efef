package import NIOCore

/// What comes out of a `RequestDecoder`, in this order for every request: its head, its body in pieces, its end.
package enum RequestPart: Sendable {
    case head(RequestHead, RequestFraming)
    /// Some bytes of the body, never none; a slice of what was fed.
    case body(ByteBuffer)
    case end
    /// The bytes are none that are served; nothing comes after it.
    case violation(ProtocolViolation)
}
