internal import ArgumentParser
internal import Foundation
internal import GatewayAssembly

/// `queue list`: what waits and what failed.
struct QueueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists messages that wait to be sent, and those that failed, oldest first."
    )

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Flag(name: .long, help: "Only those that failed for good and can be sent again.")
    var failed = false

    @Flag(name: .long, help: "Prints a JSON object a line instead of a table.")
    var json = false

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            let queue = try MessageQueue(
                configurationPath: config, environment: ProcessInfo.processInfo.environment, isWriting: false)
            try queue.list(onlyFailed: failed, asJSON: json, emit: output.line)
        }
    }
}
