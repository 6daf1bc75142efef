internal import ArgumentParser

/// `caller`: the services that may call.
struct CallerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caller",
        abstract: "Works on the services that may call, also while a gateway runs.",
        subcommands: [
            CallerAddCommand.self, CallerListCommand.self, CallerRotateCommand.self, CallerRevokeCommand.self,
        ]
    )
}
