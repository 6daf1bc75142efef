internal import ArgumentParser
internal import GatewayAssembly

/// `caller`: the services that may call.
struct CallerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "caller",
        abstract: "Works on the services that may call.",
        subcommands: [Add.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Makes a key for a calling service and shows it once."
        )

        @Argument(help: "The caller's name: 1 to 64 characters of A-Z a-z 0-9 _ - .")
        var name: String

        @Option(name: .long, help: "The app in whose name it sends; may be left out where there is one app.")
        var app: String?

        @Option(name: .long, help: "What it may do, separated by commas: send, read, upload.")
        var may = "send,read,upload"

        func run() async throws {
            let permissions = may.split(separator: ",").map { $0.filter { $0 != " " } }
            guard let enrolment = CallerEnrolment(name: name, app: app, permissions: permissions) else {
                throw ValidationError(
                    "The name or the app is not one, or --may lists something else than send, read, upload.")
            }
            print(
                """
                key (shown this once; give it to \(name), which sends it as Authorization: Bearer):

                  \(enrolment.key)

                put this below callers: in the configuration, and restart the gateway:

                \(enrolment.configurationEntry)
                """
            )
        }
    }
}
