/// A whole answer of the upstream.
package struct UpstreamResponse: Sendable, Hashable {
    package var status: Int
    /// `Retry-After` where it is a number of seconds (RFC 9110 section 10.2.3); a date there is ignored.
    package var retryAfterSeconds: Int?
    /// What it says about being kept and used again.
    package var caching: UpstreamCaching
    package var body: [UInt8]

    package init(
        status: Int,
        retryAfterSeconds: Int? = nil,
        caching: UpstreamCaching = UpstreamCaching(),
        body: [UInt8]
    ) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.caching = caching
        self.body = body
    }
}
