/// How a request ends, and what comes before and after its end.
package struct RequestFraming: Sendable, Hashable {
    package var contentLength: Int?
    package var isChunked = false
    /// Whether the client waits for `100 Continue` before it sends a body.
    package var expectsContinue = false
    /// Whether another request may follow on the connection.
    package var keepsConnection = true

    package init() {}

    package var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// Whether the body can be swallowed to keep the connection after an early answer. A client that waits for
    /// `100 Continue` may send its body or not, so there is nothing to wait for.
    var isSwallowable: Bool {
        !expectsContinue && !isChunked && (contentLength ?? 0) <= ServerLimits.swallowedBodyBytes
    }
}
