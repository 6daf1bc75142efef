internal import ArgumentParser
internal import GatewayAssembly

/// `audit export`: the trail for other systems.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes all calls for other systems, oldest first."
    )

    @OptionGroup var journal: JournalOptions
    @OptionGroup var query: QueryOptions

    @Option(name: .long, help: "The form: \(AuditTrail.formats.joined(separator: ", ")) (OCSF API Activity).")
    var format: String

    @Option(name: .long, help: "The file that is written; standard output if not given.")
    var output: String?

    func run() async throws {
        try await AuditOutcome.run(file: journal.config, output: output) { target in
            let progress = ProgressLine()
            defer { progress.finish() }
            try AuditTrail(journal.place()).export(
                query.query, format: format,
                // A terminal that shows the export has no room for more.
                progress: { done, total in
                    if output != nil || !Terminal.isOutput { progress.show(done, of: total) }
                },
                emit: target.write
            )
        }
    }
}
