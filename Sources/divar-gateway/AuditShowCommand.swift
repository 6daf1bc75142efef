internal import ArgumentParser
internal import GatewayAssembly

/// `audit show`: all that is known of one message.
struct AuditShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows one message: intent, outcome, what proves them, and its content where that is kept."
    )

    @Argument(help: "A message's id, or a record's number.")
    var id: String

    @OptionGroup var journal: JournalOptions

    @Option(name: .long, help: "The file of the verifier key; the one beside the journal if not given.")
    var key: String?

    func run() async throws {
        try await AuditOutcome.run(file: journal.config) { output in
            try AuditTrail(journal.place(key: key)).show(id, emit: output.line)
        }
    }
}
