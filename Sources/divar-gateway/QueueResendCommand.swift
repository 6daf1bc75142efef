internal import ArgumentParser
internal import Foundation
internal import GatewayAssembly

/// `queue resend`: what was proven not to have been sent is sent again, as a new message.
struct QueueResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Sends failed messages again, each as a new message that names the old one in the trail."
    )

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Argument(help: "Ids of messages, as queue list gives them.")
    var messages: [String] = []

    @Flag(name: .long, help: "All that failed.")
    var all = false

    func validate() throws {
        guard all == messages.isEmpty else { throw ValidationError("Give ids of messages, or --all.") }
    }

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            let queue = try MessageQueue(
                configurationPath: config, environment: ProcessInfo.processInfo.environment, isWriting: true)
            try queue.resend(all ? nil : messages, emit: output.line)
        }
    }
}
