package import AdminPlane
package import Custody

/// An operator's key, as the configuration has it.
package struct AdminKeyEntry: Sendable, Hashable {
    package let name: String
    package let key: CallerKeyEntry
    package let rights: Set<AdminRight>

    package init(name: String, key: CallerKeyEntry, rights: Set<AdminRight>) {
        (self.name, self.key, self.rights) = (name, key, rights)
    }

    var person: AdminOperator { AdminOperator(name: name, rights: rights) }
}
