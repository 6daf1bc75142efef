internal import ArgumentParser
internal import GatewayAssembly

/// `audit erase`: contents are gone for good, and every proof still holds.
struct AuditEraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Destroys the contents of messages for good; the records and their proofs stay."
    )

    @OptionGroup var journal: JournalOptions

    @Option(name: .long, help: "Of the message with that id.")
    var message: String?

    @Option(name: .long, help: "Of all messages of that conversation.")
    var conversation: String?

    @Option(name: .long, help: "Of all messages to that user.")
    var user: String?

    @Option(name: .long, help: "Of all messages older than that, such as 90d.")
    var olderThan: String?

    @Flag(name: .long, help: "Does not ask first.")
    var yes = false

    func validate() throws {
        guard selections.count == 1 else {
            throw ValidationError("Give one of --message, --conversation, --user, --older-than.")
        }
    }

    func run() async throws {
        guard let selection = selections.first else { return }
        try await AuditOutcome.run(file: journal.config) { output in
            let trail = try AuditTrail(journal.place(), isErasing: true)
            guard try isMeant(selection) else { return }
            let progress = ProgressLine()
            defer { progress.finish() }
            let count = try trail.erase(selection) { progress.show($0, of: nil) }
            progress.finish()
            try output.line("erased: the contents of \(count) messages")
        }
    }

    private var selections: [AuditSelection] {
        [
            message.map(AuditSelection.message), conversation.map(AuditSelection.conversation),
            user.map(AuditSelection.user), olderThan.map(AuditSelection.olderThan),
        ].compactMap { $0 }
    }

    private func isMeant(_ selection: AuditSelection) throws -> Bool {
        guard !yes else { return true }
        guard let answer = Terminal.confirms("This destroys the contents of \(selection.description) for good.") else {
            throw ValidationError("Nobody can be asked here: give --yes.")
        }
        return answer
    }
}
