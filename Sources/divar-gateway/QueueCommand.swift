internal import ArgumentParser

/// `queue`: what waits to be sent and what failed, also while a gateway runs.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Shows the messages that wait to be sent, and sends again what failed.",
        subcommands: [QueueListCommand.self, QueueResendCommand.self]
    )
}
