package import NIOCore

/// How much of anything a client may use.
package struct ServerLimits: Sendable, Hashable {
    /// The request target, in bytes.
    package var requestLineBytes = 8 * 1024
    /// Names and values of all header fields together, in bytes.
    package var headerBytes = 16 * 1024
    package var headerFields = 64
    /// From the first byte of a request to the end of its header section.
    package var headerRead: TimeAmount = .seconds(10)
    /// From the end of the header section to the end of the body.
    package var bodyRead: TimeAmount = .seconds(15)
    /// From one request's end to the next one's first byte.
    package var idle: TimeAmount = .seconds(75)
    /// For a client to take the bytes of one answer.
    package var responseWrite: TimeAmount = .seconds(30)
    /// Open connections, over all listeners.
    package var connections = 10_000
    /// Of these, from one address. Unix sockets have none.
    package var connectionsPerAddress = 10_000

    package init() {}

    /// How long a closing connection still listens, so that the client can read the answer before a reset could take
    /// it away (RFC 9112 section 9.6).
    static let linger: TimeAmount = .seconds(2)
    /// While the server stops: how long an idle connection may still bring a request, and how long a closing one
    /// listens.
    static let drainQuiet: TimeAmount = .milliseconds(100)
    static let drainLinger: TimeAmount = .milliseconds(200)
    /// How much of a refused request's body is swallowed to keep the connection.
    static let swallowedBodyBytes = 64 * 1024
    /// Bytes of pipelined requests that wait their turn before reading pauses.
    static let pendingBytes = 32 * 1024
    /// The extensions of the chunks of one body together.
    static let chunkExtensionBytes = 4 * 1024
}
