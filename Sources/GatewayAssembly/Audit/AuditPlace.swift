/// Which journal an `audit` command is about.
package struct AuditPlace: Sendable {
    package var configurationPath: String?
    /// Goes before what the configuration says.
    package var journalPath: String?
    /// The file of the verifier key; nil for the one beside the journal.
    package var keyPath: String?
    package var environment: [String: String]

    package init(
        configurationPath: String? = nil,
        journalPath: String? = nil,
        keyPath: String? = nil,
        environment: [String: String] = [:]
    ) {
        self.configurationPath = configurationPath
        self.journalPath = journalPath
        self.keyPath = keyPath
        self.environment = environment
    }
}
