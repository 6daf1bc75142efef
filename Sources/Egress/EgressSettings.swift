package import Custody
package import Delivery
package import Journal
package import NIOCore

/// What every event loop's way out shares.
package struct EgressSettings: Sendable {
    package var planner: EndpointPlanner
    package var keys: AppKeys
    /// Where files are uploaded with an upload token; `/{image|video|voice|file}` follows it.
    package var uploadURL: String
    /// For one call from its start to its end.
    package var deadline: TimeAmount
    package var userAgent: String
    package var sealer = ContentSealer()
    package var readRecording = ReadRecording.upstream
    /// How long an idempotency key is kept.
    package var idempotencyMicroseconds: Int64 = 24 * 3_600_000_000

    package init(
        planner: EndpointPlanner,
        keys: AppKeys,
        uploadURL: String,
        deadline: TimeAmount,
        userAgent: String
    ) {
        self.planner = planner
        self.keys = keys
        self.uploadURL = uploadURL
        self.deadline = deadline
        self.userAgent = userAgent
    }
}
