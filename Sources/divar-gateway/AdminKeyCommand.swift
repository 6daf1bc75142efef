internal import ArgumentParser
internal import GatewayAssembly

/// `admin key`: a key for somebody who looks.
struct AdminKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Makes a key for the admin listeners and shows it once, with its entry for the configuration."
    )

    @Argument(help: "Whose key it is: 1 to 64 characters of A-Z a-z 0-9 _ - .")
    var name: String

    @Option(
        name: .long,
        help: """
            What it may do, separated by commas: metrics, look, texts (see messages' texts, each look recorded), \
            operate (change what can be changed while the gateway runs).
            """)
    var may = "metrics,look"

    func run() async throws {
        let rights = may.split(separator: ",").map { $0.filter { $0 != " " } }
        try await AuditOutcome.run(file: nil) { output in
            guard let enrolment = AdminEnrolment(name: name, rights: rights) else {
                throw ValidationError(
                    "The name is none, or --may lists something else than metrics, look, texts, operate.")
            }
            try output.line(
                """
                key (shown this once; \(name) signs in to the console with it, or sends it as Authorization: Bearer):

                  \(enrolment.key)

                put this below admin: keys: in the configuration, and send the gateway SIGHUP:

                \(enrolment.configurationEntry)
                """
            )
        }
    }
}
