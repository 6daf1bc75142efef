package import Custody
private import Messaging

/// The identification key of Divar's webhooks, fetched from where the configuration says.
package enum EventKey {
    /// Nil where no events are expected.
    package static func identification(
        of configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> IdentificationKey? {
        guard let source = configuration.events?.identificationKey else { return nil }
        do {
            return IdentificationKey(try source.resolve(environment: environment))
        } catch {
            let key = "events.identification_key"
            throw ConfigurationError([
                ConfigurationProblem(line: configuration.lines[key], key: key, message: error.description)
            ])
        }
    }
}
