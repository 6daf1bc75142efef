/// What an `audit` command was asked for is not in the journal.
package struct AuditMiss: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
