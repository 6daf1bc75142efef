package import ConversationCache
package import Custody
package import Delivery
package import DivarAPI
package import Egress
package import HTTPWire
package import InternalAPI
package import Journal
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
        /// What the host may lead to besides the public Internet.
        package var allowedAddresses: [AddressRange] = []

        package var egressGuard: EgressGuard { EgressGuard(for: baseURL, allowing: allowedAddresses) }
    }

    /// The audit trail and what lives in it.
    package struct Trail: Sendable {
        /// Nil where the file doesn't say.
        package var path: String?
        package var minimumFree = 64 * 1024 * 1024
        package var reads = ReadRecording.upstream
        package var content = ContentKeeping.commitment
        /// The first is the one under which new contents are kept.
        package var masterKeys: [KeySource] = []
        package var signingKeyPath: String?
        /// Where the key of the queue is; nil where the file doesn't say.
        package var queueKeyPath: String?
        package var settings = JournalSettings()
        package var idempotency: Duration = .seconds(86_400)

        /// Where the journal is while nothing else is said.
        package static let defaultPath = "/var/lib/divar-gateway/journal.db"
    }

    /// Divar's webhooks.
    package struct Events: Sendable {
        package var identificationKey: KeySource
        /// Nil where they end here.
        package var forward: EventSettings?
    }

    /// Users' tokens that the gateway keeps, and how it renews them.
    package struct OAuth: Sendable {
        package struct Client: Sendable {
            package var id: String
            package var secret: KeySource
            package var redirectURI: String
        }

        package var origin: Origin
        package var path: String
        package var trustFile: String?
        package var clients: [AppName: Client]
        package var deadline: TimeAmount = .seconds(10)
        package var settings = UserTokenSettings()
    }

    package var listen: [Listener]
    package var admin = AdminSettings()
    package var contract: Contract = .august2026
    package var preferredEndpoints: [EndpointName] = []
    package var upstream: Upstream
    package var apps: [AppName: [AppKeySettings]]
    /// Of apps that have a limit, with the shares of their callers.
    package var quotas: [AppName: QuotaSettings] = [:]
    package var overload = OverloadSettings()
    package var queue = SendQueueSettings()
    package var reconcile = ReconcileSettings()
    /// Those of the configuration itself.
    package var callers: [CallerEntry] = []
    /// Where more callers are, which commands edit; nil for nowhere.
    package var callersFile: String?
    /// Those of that file.
    package var fileCallers: [CallerEntry] = []
    /// The app of the caller `local`; only without callers.
    package var localApp: AppName?
    package var serverLimits = ServerLimits()
    package var messageLimits = MessageLimits()
    package var trail = Trail()
    package var cache = CacheSettings()
    /// Nil where none are expected.
    package var events: Events?
    /// Nil where no tokens of users are kept.
    package var oauth: OAuth?
    /// How long a stop waits for calls under way.
    package var drain: Duration = .seconds(10)
    package var logLevel: Logger.Level = .info
    /// Whether each call has a line in the log.
    package var logsRequests = true
    /// On which line of the file each key stands, by its path.
    package var lines: [String: Int] = [:]

    /// What stands in the file.
    package var values = ConfigurationValues(yaml: "")

    package var allCallers: [CallerEntry] { callers + fileCallers }
}
