internal import ArgumentParser
internal import GatewayAssembly

/// `audit prove`: a proof that stands for itself.
struct AuditProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prints the proof that a record is in the trail; audit verify --proof accepts it anywhere."
    )

    @Argument(help: "A message's id, or a record's number.")
    var id: String

    @OptionGroup var journal: JournalOptions

    @Flag(name: .long, help: "Proves the message's outcome instead of its intent.")
    var outcome = false

    func run() async throws {
        try await AuditOutcome.run(file: journal.config) { output in
            try output.write(AuditTrail(journal.place()).prove(id, ofOutcome: outcome))
        }
    }
}
