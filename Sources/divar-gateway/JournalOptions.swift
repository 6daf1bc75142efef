internal import ArgumentParser
internal import Foundation
internal import GatewayAssembly

/// Where the journal is: the options that all `audit` commands have.
struct JournalOptions: ParsableArguments {
    @Option(name: .long, help: "The gateway's configuration file: it says where the journal and the master keys are.")
    var config: String?

    @Option(name: .long, help: "The journal's database, where that is not what the configuration says.")
    var journal: String?

    /// - Parameter key: the file of the verifier key; nil for the one beside the journal.
    func place(key: String? = nil) -> AuditPlace {
        AuditPlace(
            configurationPath: config, journalPath: journal, keyPath: key,
            environment: ProcessInfo.processInfo.environment
        )
    }
}
