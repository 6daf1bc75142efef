internal import ArgumentParser
internal import GatewayAssembly

/// The command line.
@main
struct DivarGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "divar-gateway",
        abstract: "Stands between a company's services and Divar's chat API.",
        subcommands: [
            ServeCommand.self, SandboxCommand.self, CheckCommand.self, CallerCommand.self, AuditCommand.self,
            QueueCommand.self, AdminCommand.self, ExplainCommand.self, VersionCommand.self,
        ]
    )

    /// Every command may hold keys, also one whose arguments turn out to be wrong: so before they are read.
    static func main() async {
        if !CommandLine.arguments.contains("--\(DumpOptions.name)") { ProcessLimits.forbidDumps() }
        await main(nil)
    }
}
