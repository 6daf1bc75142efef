internal import Sandbox

/// A script for the simulated Divar, as options or as a list of what is wrong with it.
enum SandboxScriptFile {
    static func options(_ bytes: [UInt8]) throws(ConfigurationError) -> SandboxOptions {
        do {
            return try SandboxOptions(script: bytes)
        } catch {
            throw ConfigurationError(
                error.problems.map { ConfigurationProblem(line: nil, key: "", message: $0) }
            )
        }
    }
}
