internal import ArgumentParser

/// The command line.
@main
struct DivarGateway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "divar-gateway",
        abstract: "Stands between a company's services and Divar's chat API.",
        subcommands: [
            ServeCommand.self, SandboxCommand.self, CheckCommand.self, CallerCommand.self, AuditCommand.self,
            QueueCommand.self, ExplainCommand.self, VersionCommand.self,
        ]
    )
}
