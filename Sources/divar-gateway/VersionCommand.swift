internal import ArgumentParser
internal import GatewayAssembly

/// `version`: one line.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    func run() async throws {
        print("divar-gateway \(GatewayVersion.text)")
    }
}
