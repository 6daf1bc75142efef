internal import ArgumentParser

/// How the process ends, in the numbers of sysexits.h.
enum ExitStatus {
    static let inputOutput = ExitCode(74)
    static let configuration = ExitCode(78)
}
