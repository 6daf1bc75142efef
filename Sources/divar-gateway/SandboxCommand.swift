internal import ArgumentParser
internal import GatewayAssembly

/// `sandbox`: a simulated Divar alone.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serves a simulated Divar, for tests and first steps."
    )

    @Option(name: .long, help: "Where it listens.")
    var listen = "127.0.0.1:8090"

    @Option(name: .long, help: "A script with keys, tokens, limits and faults (JSON).")
    var script: String?

    @Option(name: .long, help: "The contract that it serves: 2025-12 or 2026-08.")
    var contract: String?

    @OptionGroup var dumps: DumpOptions

    func run() async throws {
        try await CommandOutcome.run(file: script) {
            try await GatewayProcess.sandbox(
                SandboxSettings(listen: listen, scriptPath: script, contract: contract)
            )
        }
    }
}
