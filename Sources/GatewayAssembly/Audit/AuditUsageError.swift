/// An `audit` command was called in a way that makes no sense.
package struct AuditUsageError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
