internal import Custody
private import Delivery
private import FoundationEssentials
private import Messaging
private import Yams

/// The callers file: under `callers` the same entries as in the configuration. The `caller` commands edit it, and a
/// running gateway reads it again when it changes.
enum CallersFile {
    /// Larger than a file with a thousand callers.
    static let maximumBytes = 4 * 1024 * 1024

    /// Nil where there is no such file.
    static func text(at path: String) throws(ConfigurationError) -> String? {
        guard let stamp = FileStamp(path: path) else { return nil }
        guard !stamp.isWritableByEverybody else {
            throw error("\(path) may be written by everybody on this machine")
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw error("\(path) can not be read") }
        guard data.count <= maximumBytes, let text = String(validating: data, as: UTF8.self) else {
            throw error("\(path) is not a text in UTF-8")
        }
        return text
    }

    /// The configuration with the file's callers in it, in place of those that it had from there.
    ///
    /// - Parameter text: of the file; nil where it isn't there, and then it has no callers.
    static func merged(
        _ text: String?,
        of path: String,
        into configuration: Configuration
    ) throws(ConfigurationError) -> Configuration {
        let problems = ProblemCollector()
        var merged = configuration
        do {
            let root = MappingReader(try compose(yaml: text ?? ""), path: "", problems: problems)
            var reader = CallersReader(
                root.mapping("callers"), apps: configuration.apps.keys.sorted { $0.text < $1.text },
                userID: SystemUser.id(named:)
            )
            merged.fileCallers = reader.read(beside: configuration.callers)
            root.reportUnknownKeys()
            var quotasBefore = configuration.quotas
            for former in configuration.fileCallers { quotasBefore[former.app]?.shares[former.name] = nil }
            let (quotas, excesses) = CallerShare.merged(reader.shares, into: quotasBefore)
            merged.quotas = quotas
            for excess in excesses { problems.add(excess.message, at: "callers", line: nil) }
        } catch {
            problems.add(yaml: error)
        }
        guard problems.problems.isEmpty else {
            throw ConfigurationError(
                problems.problems.map { problem in
                    let place = problem.line == nil ? "\(path): " : "\(path):"
                    return ConfigurationProblem(
                        line: configuration.lines["callers_file"], key: "callers_file",
                        message: place + problem.description
                    )
                }
            )
        }
        return merged
    }

    private static func error(_ message: String) -> ConfigurationError {
        ConfigurationError([ConfigurationProblem(line: nil, key: "callers_file", message: message)])
    }
}
