package import Custody
private import Messaging

/// Fetches every key that a configuration names, or says of each that is missing why.
package enum KeyResolver {
    package static func keys(
        of configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> AppKeys {
        var keys: [AppName: [AppKey]] = [:]
        var problems: [ConfigurationProblem] = []
        for (app, settings) in configuration.apps {
            for entry in settings {
                do throws(KeySourceError) {
                    keys[app, default: []].append(try key(entry, environment: environment))
                } catch {
                    problems.append(
                        ConfigurationProblem(
                            line: configuration.lines["apps.\(app).keys"],
                            key: "apps.\(app).keys",
                            message: error.description
                        )
                    )
                }
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems.sorted { $0.key < $1.key }) }
        return AppKeys(keys)
    }

    /// Fetches one key. Reads a file or runs a command.
    static func key(
        _ settings: AppKeySettings,
        environment: [String: String]
    ) throws(KeySourceError) -> AppKey {
        // Before the key itself: one that is exchanged in between would seem older than it is, never newer.
        let written = settings.source.path(in: environment).flatMap(SecretFile.written)
        return AppKey(
            name: settings.name, secret: try settings.source.resolve(environment: environment),
            permissions: settings.permissions, created: settings.created ?? written
        )
    }
}
