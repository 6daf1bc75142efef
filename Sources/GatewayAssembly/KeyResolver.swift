package import Custody
private import Messaging

/// Fetches every key that a configuration names, or says of each that is missing why.
package enum KeyResolver {
    package static func keys(
        of configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> AppKeys {
        var keys: [AppName: [Secret]] = [:]
        var problems: [ConfigurationProblem] = []
        for (app, sources) in configuration.apps {
            for source in sources {
                do {
                    keys[app, default: []].append(try source.resolve(environment: environment))
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
}
