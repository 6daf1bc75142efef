internal import ArgumentParser

/// `admin`: those who look at a gateway.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Works on those who look at a gateway: its console, its admin API and its metrics.",
        subcommands: [AdminKeyCommand.self]
    )
}
