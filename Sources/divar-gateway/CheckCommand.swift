internal import ArgumentParser
internal import Foundation
internal import GatewayAssembly

/// `check`: everything that is wrong with a configuration, at once.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a configuration file and the keys that it names; exits with 78 where something is wrong."
    )

    @Option(name: .long, help: "The configuration file.")
    var config: String

    func run() async throws {
        try await CommandOutcome.run(file: config) {
            let facts = try ConfigurationCheck.run(path: config, environment: ProcessInfo.processInfo.environment)
            print("\(config): valid")
            for fact in facts { print("  \(fact)") }
        }
    }
}
