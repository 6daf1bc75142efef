internal import ArgumentParser
internal import GatewayAssembly

/// `audit list`: who sent what to whom, newest first.
struct AuditListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists calls, newest first."
    )

    @OptionGroup var journal: JournalOptions
    @OptionGroup var query: QueryOptions

    @Option(name: .long, help: "How many.")
    var limit = 50

    @Option(name: .long, help: "Only what stands before that record number: for the next page.")
    var before: Int?

    @Flag(name: .long, help: "Prints a JSON object a line instead of a table.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 10000.") }
    }

    func run() async throws {
        try await AuditOutcome.run(file: journal.config) { output in
            let next = try AuditTrail(journal.place()).list(
                query.query, below: before, limit: limit, asJSON: json, emit: output.line
            )
            if let next, Terminal.isOutput, !json { try output.line("older ones: --before \(next)") }
        }
    }
}
