internal import ArgumentParser
internal import GatewayAssembly

/// `caller list`: who may call, by which keys, and when it last did.
struct CallerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the callers with their keys, users and certificates, and when they were last seen."
    )

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Flag(name: .long, help: "JSON, one caller a line.")
    var json = false

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            try CallerBook(configurationPath: config).list(asJSON: json, emit: output.line)
        }
    }
}
