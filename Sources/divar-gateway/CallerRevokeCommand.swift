internal import ArgumentParser
internal import GatewayAssembly

/// `caller revoke`: a caller, or one of its keys, is refused from now on.
struct CallerRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Takes a caller out of the callers file, or one of its keys."
    )

    @Argument(help: "The caller's name.")
    var name: String

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Option(name: .long, help: "One key: its number in caller list, or 8 and more digits of its hash.")
    var key: String?

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            try CallerBook(configurationPath: config).revoke(name, key: key, emit: output.line)
        }
    }
}
