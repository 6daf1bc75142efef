/// A service that was recognised, and what it may do.
package struct Caller: Sendable, Hashable {
    package let name: CallerName
    /// The app in whose name its messages go.
    package let app: AppName
    package let permissions: Set<Permission>
    /// How it is known.
    package let evidence: CallerEvidence

    package init(name: CallerName, app: AppName, permissions: Set<Permission>, evidence: CallerEvidence = .key) {
        self.name = name
        self.app = app
        self.permissions = permissions
        self.evidence = evidence
    }
}
