package import HTTPWire
package import Journal
package import NIOCore

/// What every event loop's way out shares.
package struct EgressSettings: Sendable {
    package var keys: SharedAppKeys
    /// Where Divar is, for those who are shown a request.
    package var baseURL: String
    /// Where files are uploaded with an upload token; `/{image|video|voice|file}` follows it.
    package var uploadURL: String
    /// For one call from its start to its end.
    package var deadline: TimeAmount
    /// A read that has no answer so long is asked a second time; nil: none is.
    package var hedgeReadsAfter: TimeAmount?
    package var userAgent: String
    /// The name by which requests of this gateway are known; nil where they bear none.
    package var via: ViaPseudonym?
    package var sealer = ContentSealer()
    package var queueSealer = QueueSealer()
    package var readRecording = ReadRecording.upstream
    /// How long an idempotency key is kept.
    package var idempotencyMicroseconds: Int64 = 24 * 3_600_000_000

    package init(
        keys: SharedAppKeys,
        baseURL: String,
        uploadURL: String,
        deadline: TimeAmount,
        userAgent: String
    ) {
        self.keys = keys
        self.baseURL = baseURL
        self.uploadURL = uploadURL
        self.deadline = deadline
        self.userAgent = userAgent
    }
}
