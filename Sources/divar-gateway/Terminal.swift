private import Glibc

/// What a person sits at, if one does.
enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    static var isError: Bool { isatty(STDERR_FILENO) == 1 }

    /// Asks on standard error; nil where nobody can answer.
    static func confirms(_ question: String) -> Bool? {
        guard isatty(STDIN_FILENO) == 1, isError else { return nil }
        StandardError.print(question + " Type yes to go on:")
        return readLine() == "yes"
    }
}
