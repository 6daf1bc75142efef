internal import ArgumentParser
internal import Foundation
internal import GatewayAssembly

/// `explain`: how a call would go, and why.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says how a call would go by a configuration: which endpoint, which key, which quota, and why."
    )

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String

    @Option(name: .long, help: "Who calls; may be left out where there is one caller.")
    var caller: String?

    @Argument(help: "The call: \(ExplainedCall.allCases.map(\.rawValue).joined(separator: ", ")).")
    var call: String

    func run() async throws {
        try await AuditOutcome.run(file: config) { output in
            guard let call = ExplainedCall(rawValue: call) else {
                let names = ExplainedCall.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("The call is one of \(names).")
            }
            let explanation = try CallExplanation(
                path: config, caller: caller, call: call, environment: ProcessInfo.processInfo.environment)
            for line in explanation.lines { try output.line(line) }
        }
    }
}
