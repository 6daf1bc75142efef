private import Custody
package import Egress
package import Journal
package import Messaging

/// What keeping users' tokens needs of secrets: the apps' OAuth clients, and the keys under which tokens are sealed.
package struct OAuthSecrets: Sendable {
    package let clients: [AppName: OAuthClient]
    package let sealer: UserTokenSealer

    /// Nil where no tokens are kept.
    package static func resolve(
        _ configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> OAuthSecrets? {
        guard let oauth = configuration.oauth else { return nil }
        var clients: [AppName: OAuthClient] = [:]
        var problems: [ConfigurationProblem] = []
        for (app, client) in oauth.clients.sorted(by: { $0.key.text < $1.key.text }) {
            do throws(KeySourceError) {
                let secret = try client.secret.resolve(environment: environment)
                clients[app] = OAuthClient(id: client.id, secret: secret, redirectURI: client.redirectURI)
            } catch {
                let own = "oauth.apps.\(app).client_secret"
                let key = configuration.lines[own] == nil ? "oauth.client_secret" : own
                problems.append(
                    ConfigurationProblem(line: configuration.lines[key], key: key, message: error.description))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        // What is wrong with the master keys is said once, where the trail's own use of them is resolved.
        let masterKeys = try? AuditKeys.masterKeys(of: configuration, environment: environment)
        guard let sealer = UserTokenSealer(masterKeys: masterKeys ?? []) else { return nil }
        return OAuthSecrets(clients: clients, sealer: sealer)
    }
}
