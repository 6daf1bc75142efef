internal import ArgumentParser

/// How the process ends, in the numbers of sysexits.h.
enum ExitStatus {
    /// Something is wrong with the audit trail.
    static let fault = ExitCode(1)
    /// What was asked for is not there.
    static let missing = ExitCode(1)
    static let inputOutput = ExitCode(74)
    static let configuration = ExitCode(78)
}
