internal import Delivery
internal import HTTPWire
internal import NIOCore

/// How a call to Divar ended, and when.
struct UpstreamEnd {
    let result: AttemptResult
    /// Nil where no answer came.
    let status: Int?
    let caching: UpstreamCaching?
    let requested: NIODeadline
    let received: NIODeadline

    var latencyMicroseconds: Int { Int((received - requested).nanoseconds / 1000) }
}
