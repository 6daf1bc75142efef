/// Something is wrong with the trail, or with a proof from it: what a verification is for.
package struct AuditFault: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
