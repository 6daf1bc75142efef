internal import ArgumentParser
internal import GatewayAssembly
internal import Glibc

/// Runs an `audit` command and turns what stops it into words and an exit status.
enum AuditOutcome {
    /// - Parameters:
    ///   - file: the configuration file, for the places of its problems.
    ///   - path: where the output goes; nil for standard output.
    static func run(file: String?, output path: String? = nil, _ work: (CommandOutput) throws -> Void) async throws {
        // A reader that goes away is an error of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        try await CommandOutcome.run(file: file) {
            do {
                let output = CommandOutput(path: path)
                do {
                    try work(output)
                } catch {
                    // What was found before stays true.
                    if output.isPending { try output.flush() }
                    throw error
                }
                try output.flush()
            } catch is ClosedPipe {
                return
            } catch let fault as AuditFault {
                print(fault)
                throw ExitStatus.fault
            } catch let miss as AuditMiss {
                StandardError.print("divar-gateway: \(miss)")
                throw ExitStatus.missing
            } catch let error as AuditUsageError {
                throw ValidationError(error.description)
            } catch let failure as OutputFailure {
                StandardError.print("divar-gateway: \(failure)")
                throw ExitStatus.inputOutput
            }
        }
    }
}
