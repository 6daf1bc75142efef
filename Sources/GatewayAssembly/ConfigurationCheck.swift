private import Custody
private import DivarAPI
private import HTTPWire
private import Messaging

/// Everything that `serve` finds wrong before it listens, and `check` without listening.
package enum ConfigurationCheck {
    /// Reads the file, fetches the keys, loads the trust file. Gives lines that say what holds.
    package static func run(path: String, environment: [String: String]) throws(ConfigurationError) -> [String] {
        let configuration = try ConfigurationFile.read(path: path)
        let keys = try resolve(configuration, environment: environment).keys
        return [
            "listens on \(configuration.listen.map(\.description).joined(separator: ", "))",
            "calls \(configuration.upstream.baseURL) by the contract of \(configuration.contract.rawValue)",
            "keeps its journal in \(configuration.trail.path ?? Configuration.Trail.defaultPath)",
            "has keys for the apps \(keys.apps.map(\.text).joined(separator: ", "))",
            callers(of: configuration),
        ]
    }

    private static func callers(of configuration: Configuration) -> String {
        if configuration.localApp != nil { return "admits everybody on this machine as the caller local" }
        let file = configuration.callersFile.map { ", \(configuration.fileCallers.count) of them in \($0)" } ?? ""
        return "knows \(configuration.allCallers.count) caller(s)" + file
    }

    /// Follows what a configuration points to: keys and certificates. Reads files.
    package static func resolve(
        _ configuration: Configuration,
        environment: [String: String]
    ) throws(ConfigurationError) -> GatewaySecrets {
        var problems = trustProblems(configuration) + certificateProblems(configuration)
        let keys = attempt(&problems) { () throws(ConfigurationError) in
            try KeyResolver.keys(of: configuration, environment: environment)
        }
        let sealer = attempt(&problems) { () throws(ConfigurationError) in
            try AuditKeys.sealer(of: configuration, environment: environment)
        }
        let identification = attempt(&problems) { () throws(ConfigurationError) in
            try EventKey.identification(of: configuration, environment: environment)
        }
        let oauth = attempt(&problems) { () throws(ConfigurationError) in
            try OAuthSecrets.resolve(configuration, environment: environment)
        }
        guard let keys, let sealer, let identification, let oauth, problems.isEmpty else {
            throw ConfigurationError(problems)
        }
        return GatewaySecrets(keys: keys, sealer: sealer, identification: identification, oauth: oauth)
    }

    /// What was asked for, or nil with what is wrong put to the other problems.
    private static func attempt<Value>(
        _ problems: inout [ConfigurationProblem],
        _ resolve: () throws(ConfigurationError) -> Value
    ) -> Value? {
        do {
            return try resolve()
        } catch {
            problems += error.problems
            return nil
        }
    }

    private static func certificateProblems(_ configuration: Configuration) -> [ConfigurationProblem] {
        (configuration.listen + configuration.admin.listeners).compactMap { listener in
            guard let settings = listener.tls else { return nil }
            do throws(TLSFileProblem) {
                _ = try ListenerTLS(settings)
                return nil
            } catch {
                let file =
                    switch error.file {
                    case .certificate: "certificate"
                    case .key: "key"
                    case .clientAuthority: "client_ca"
                    }
                let key = "\(listener.key).tls.\(file)"
                return ConfigurationProblem(
                    line: configuration.lines[key] ?? configuration.lines[listener.key], key: key,
                    message: error.description
                )
            }
        }
    }

    private static func trustProblems(_ configuration: Configuration) -> [ConfigurationProblem] {
        guard let file = configuration.upstream.trustFile else { return [] }
        do {
            _ = try UpstreamTLS(trustFile: file)
            return []
        } catch {
            let key = "upstream.ca_file"
            return [
                ConfigurationProblem(
                    line: configuration.lines[key],
                    key: key,
                    message: "\(file) holds no certificates that can be read"
                )
            ]
        }
    }
}
