internal import ArgumentParser
internal import GatewayAssembly

/// `caller rotate`: a new key beside the old ones, which end after a while.
struct CallerRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Makes a new key for a caller, shows it once, and lets the old ones expire."
    )

    @Argument(help: "The caller's name.")
    var name: String

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Option(name: .long, help: "For how long the old keys stay valid.")
    var overlap = "24h"

    @OptionGroup var key: CallerKeyOptions

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            try CallerBook(configurationPath: config).rotate(
                name, overlap: overlap, key: key.newKey, emit: output.line)
        }
    }
}
