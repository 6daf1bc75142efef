internal import ArgumentParser

/// `audit`: reads, proves and erases from the audit trail, also while a gateway runs.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Reads, verifies and erases from the audit trail.",
        subcommands: [
            AuditListCommand.self, AuditShowCommand.self, AuditVerifyCommand.self, AuditProveCommand.self,
            AuditExportCommand.self, AuditEraseCommand.self,
        ]
    )
}
