private import FoundationEssentials

/// Reads a configuration from disk, and the callers file that it names.
package enum ConfigurationFile {
    /// Larger than any configuration that a person writes.
    package static let maximumBytes = 4 * 1024 * 1024

    /// - Parameter path: nil for the defaults alone.
    package static func read(path: String?, sandbox: SandboxTarget? = nil) throws(ConfigurationError) -> Configuration {
        guard let path else { return try ConfigurationReader.read(yaml: "", sandbox: sandbox) }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ConfigurationError([ConfigurationProblem(line: nil, key: "", message: "can not be read")])
        }
        guard data.count <= maximumBytes, let yaml = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError([ConfigurationProblem(line: nil, key: "", message: "is not a text in UTF-8")])
        }
        let configuration = try ConfigurationReader.read(yaml: yaml, sandbox: sandbox)
        guard let callersFile = configuration.callersFile else { return configuration }
        return try CallersFile.merged(try CallersFile.text(at: callersFile), of: callersFile, into: configuration)
    }
}
