internal import Delivery
internal import HTTPWire
internal import Messaging
internal import NIOCore

/// How a call to Divar ended, and when.
struct UpstreamEnd {
    let result: AttemptResult
    /// Nil where no answer came.
    let status: Int?
    let caching: UpstreamCaching?
    /// Of the last attempt.
    let requested: NIODeadline
    let received: NIODeadline
    /// Which endpoint gave the result, and after how many attempts at any.
    let endpoint: EndpointName
    var attempts: Int
    /// When the first attempt began.
    let started: NIODeadline

    var latencyMicroseconds: Int { Int((received - started).nanoseconds / 1000) }
}
