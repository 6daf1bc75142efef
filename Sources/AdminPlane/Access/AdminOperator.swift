/// Somebody who looks.
package struct AdminOperator: Sendable, Hashable {
    package let name: String
    package let rights: Set<AdminRight>

    package init(name: String, rights: Set<AdminRight>) {
        (self.name, self.rights) = (name, rights)
    }

    /// Whoever can reach a listener that asks nobody. Not to see texts: who looked couldn't be said.
    package static let anybody = AdminOperator(name: "local", rights: [.metrics, .look, .operate])

    package func may(_ right: AdminRight) -> Bool { rights.contains(right) }
}
