internal import ArgumentParser
internal import GatewayAssembly

/// `audit verify`: whether the trail is as it was written.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies the trail or a proof from it; names the first thing that is wrong and exits with 1."
    )

    @OptionGroup var journal: JournalOptions

    @Option(name: .long, help: "The file of the verifier key; the one beside the journal if not given.")
    var key: String?

    @Option(name: .long, help: "The file of a checkpoint that was kept elsewhere, to compare the trail with.")
    var checkpoint: String?

    @Flag(name: .long, help: "Also opens the contents that are kept and compares them with their commitments.")
    var contents = false

    @Option(name: .long, help: "The file of a proof; with --key no journal is needed.")
    var proof: String?

    func validate() throws {
        guard proof == nil || (checkpoint == nil && !contents) else {
            throw ValidationError("A proof stands for itself: --proof goes with --key alone.")
        }
    }

    func run() async throws {
        try await AuditOutcome.run(file: journal.config) { output in
            let place = journal.place(key: key)
            if let proof { return try AuditTrail.verify(proofPath: proof, place: place, emit: output.line) }
            let progress = ProgressLine()
            defer { progress.finish() }
            try AuditTrail(place).verify(
                checkpointPath: checkpoint, checksContents: contents, progress: progress.show, emit: output.line
            )
        }
    }
}
