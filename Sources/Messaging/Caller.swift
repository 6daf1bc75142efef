/// A service that was recognised, and what it may do.
package struct Caller: Sendable, Hashable {
    package let name: CallerName
    /// The app in whose name its messages go.
    package let app: AppName
    package let permissions: Set<Permission>
    /// How it is known.
    package let evidence: CallerEvidence
    /// In whose name it may send.
    package var senders: Set<MessageSender> = Set(MessageSender.allCases)
    /// Where its buttons may lead; nil for anywhere.
    package var links: LinkPolicy?

    package init(name: CallerName, app: AppName, permissions: Set<Permission>, evidence: CallerEvidence = .key) {
        self.name = name
        self.app = app
        self.permissions = permissions
        self.evidence = evidence
    }
}
