private import Custody
internal import Egress
internal import HTTPWire
internal import NIOCore

extension Gateway {
    /// What keeps users' tokens, and what one event loop needs to renew them.
    struct UserTokenParts: Sendable {
        let shared: SharedUserTokens
        private let tls: UpstreamTLS?
        private let egress: EgressGuard
        private let limits: UpstreamLimits

        /// Nil where none are kept. Throws where the trust file can't be read.
        init?(
            of configuration: Configuration,
            secrets: GatewaySecrets,
            journal: JournalHost,
            via: ViaPseudonym
        ) throws {
            guard let oauth = configuration.oauth, let secrets = secrets.oauth else { return nil }
            tls = oauth.origin.scheme == .https ? try UpstreamTLS(trustFile: oauth.trustFile) : nil
            egress = EgressGuard(for: oauth.origin, allowing: configuration.upstream.allowedAddresses)
            var limits = UpstreamLimits()
            limits.connectionsPerLoop = oauth.settings.concurrency
            limits.answerBytes = TokenEndpoint.answerBytes
            self.limits = limits
            let endpoint = TokenEndpoint(
                origin: oauth.origin, path: oauth.path, deadline: oauth.deadline, clients: secrets.clients,
                userAgent: GatewayVersion.userAgent, via: via)
            shared = SharedUserTokens(
                settings: oauth.settings, endpoint: endpoint, sealer: secrets.sealer, stored: journal.userTokens)
        }

        func onLoop(_ loop: any EventLoop) -> (shared: SharedUserTokens, pool: UpstreamPool) {
            let pool = UpstreamPool(
                eventLoop: loop, origin: shared.endpoint.origin, tls: tls, egress: egress, limits: limits)
            return (shared, pool)
        }
    }
}
