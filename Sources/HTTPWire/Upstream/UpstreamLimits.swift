package import NIOCore

/// How the upstream is used. Per event loop where it counts something.
package struct UpstreamLimits: Sendable, Hashable {
    /// Open connections, idle ones included.
    package var connectionsPerLoop = 128
    /// Calls that wait for a connection.
    package var waitersPerLoop = 512
    /// For name, connect and TLS together.
    package var connect: TimeAmount = .seconds(3)
    /// An idle connection is closed after this, well before the other side would: 60 s and 75 s are what servers do.
    package var idle: TimeAmount = .seconds(30)
    /// The largest answer that is read.
    package var answerBytes = 4 * 1024 * 1024

    package init() {}
}
