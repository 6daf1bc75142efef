internal import ArgumentParser
internal import GatewayAssembly

/// `serve`: the gateway itself.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the internal API until SIGTERM."
    )

    @Option(name: .long, help: "The configuration file. Without one, the defaults hold.")
    var config: String?

    @Flag(name: .long, help: "Starts a simulated Divar too and calls that instead of the real one.")
    var sandbox = false

    @Option(name: .long, help: "Where the simulated Divar listens.")
    var sandboxListen = "127.0.0.1:0"

    @Option(name: .long, help: "A script for the simulated Divar (JSON).")
    var sandboxScript: String?

    @OptionGroup var dumps: DumpOptions

    func run() async throws {
        try await CommandOutcome.run(file: config) {
            try await GatewayProcess.serve(
                configurationPath: config,
                sandbox: sandbox
                    ? SandboxSettings(listen: sandboxListen, scriptPath: sandboxScript, contract: nil) : nil
            )
        }
    }
}
