private import Custody
private import DivarAPI
private import HTTPWire
private import Messaging

/// Everything that `serve` would find wrong before it listens.
package enum ConfigurationCheck {
    /// Reads the file, fetches the keys, loads the trust file. Gives lines that say what holds.
    package static func run(path: String, environment: [String: String]) throws(ConfigurationError) -> [String] {
        let configuration = try ConfigurationFile.read(path: path)
        let keys = try KeyResolver.keys(of: configuration, environment: environment)
        try loadTrust(configuration.upstream)
        return [
            "listens on \(configuration.listen.map(\.description).joined(separator: ", "))",
            "calls \(configuration.upstream.baseURL) by the contract of \(configuration.contract.rawValue)",
            "has keys for the apps \(keys.apps.map(\.text).joined(separator: ", "))",
            configuration.callers.isEmpty
                ? "admits everybody on this machine as the caller local"
                : "knows \(configuration.callers.count) caller(s)",
        ]
    }

    package static func loadTrust(_ upstream: Configuration.Upstream) throws(ConfigurationError) {
        guard let file = upstream.trustFile else { return }
        do {
            _ = try UpstreamTLS(trustFile: file)
        } catch {
            throw ConfigurationError([
                ConfigurationProblem(
                    line: nil, key: "upstream.ca_file", message: "\(file) holds no readable certificates")
            ])
        }
    }
}
