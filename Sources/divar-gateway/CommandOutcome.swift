internal import ArgumentParser
internal import GatewayAssembly

/// Runs a command's work and turns what stops it into words and an exit status.
enum CommandOutcome {
    /// - Parameter file: the configuration file, for the places of its problems.
    static func run(file: String?, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as ConfigurationError {
            for problem in error.problems {
                let place = problem.line == nil ? "\(file ?? "defaults"): " : "\(file ?? "defaults"):"
                StandardError.print(place + problem.description)
            }
            throw ExitStatus.configuration
        } catch let error as ProcessError {
            StandardError.print("divar-gateway: \(error)")
            throw ExitStatus.inputOutput
        }
    }
}
