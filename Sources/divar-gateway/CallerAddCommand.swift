internal import ArgumentParser
internal import GatewayAssembly

/// `caller add`: a new caller with its key.
struct CallerAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a key for a calling service and shows it once.",
        discussion: """
            With a configuration that names a callers_file the caller is put there, and a running gateway takes it \
            over. Else the entry for the configuration is printed.
            """
    )

    @Argument(help: "The caller's name: 1 to 64 characters of A-Z a-z 0-9 _ - .")
    var name: String

    @Option(name: .long, help: "The gateway's configuration file.")
    var config: String?

    @Option(name: .long, help: "The app in whose name it sends; may be left out where there is one app.")
    var app: String?

    @Option(name: .long, help: "What it may do, separated by commas: send, read, upload, users.")
    var may = "send,read,upload"

    @OptionGroup var key: CallerKeyOptions

    func run() async throws {
        let permissions = may.split(separator: ",").map { $0.filter { $0 != " " } }
        try await AuditOutcome.run(file: config) { output in
            let book = try config.map { try CallerBook(configurationPath: $0) }
            if let book, book.hasFile {
                return try book.add(
                    name, app: app, permissions: permissions, key: key.newKey, emit: output.line)
            }
            guard key.expires == nil, key.keyName == nil else {
                throw ValidationError("--expires and --key-name are for a configuration with a callers_file.")
            }
            guard let enrolment = CallerEnrolment(name: name, app: app, permissions: permissions) else {
                throw ValidationError(
                    "The name or the app is not one, or --may lists something else than send, read, upload, users.")
            }
            try output.line(
                """
                key (shown this once; give it to \(name), which sends it as Authorization: Bearer):

                  \(enrolment.key)

                put this below callers: in the configuration, and send the gateway SIGHUP:

                \(enrolment.configurationEntry)
                """
            )
        }
    }
}
