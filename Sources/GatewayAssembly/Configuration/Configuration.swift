package import Custody
package import DivarAPI
package import HTTPWire
package import InternalAPI
package import Logging
package import Messaging
package import NIOCore

/// Everything that an operator can say, checked and typed. `config/divar-gateway.yaml` explains each key.
package struct Configuration: Sendable {
    package struct Upstream: Sendable {
        package var baseURL: Origin
        package var uploadURL: String
        package var trustFile: String?
        package var deadline: TimeAmount = .seconds(10)
        package var limits = UpstreamLimits()
    }

    package var listen: [ListenAddress]
    package var contract: Contract = .august2026
    package var preferredEndpoints: [EndpointName] = []
    package var upstream: Upstream
    package var apps: [AppName: [KeySource]]
    package var callers: [CallerKeyDigest: Caller] = [:]
    /// The app of the caller `local`; only without callers.
    package var localApp: AppName?
    package var serverLimits = ServerLimits()
    package var messageLimits = MessageLimits()
    /// How long a stop waits for calls under way.
    package var drain: Duration = .seconds(10)
    package var logLevel: Logger.Level = .info
    /// On which line of the file each key stands, by its path.
    package var lines: [String: Int] = [:]
}
