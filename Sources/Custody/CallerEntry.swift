package import Messaging

/// What the configuration says of one caller.
package struct CallerEntry: Sendable, Hashable {
    package var name: CallerName
    package var app: AppName
    package var permissions: Set<Permission>
    package var keys: [CallerKeyEntry] = []
    /// Users whose processes on a Unix socket are this caller.
    package var userIDs: [UInt32] = []
    package var certificates: [CertificateName] = []
    package var senders: Set<MessageSender> = Set(MessageSender.allCases)
    package var rate: CallerRate?
    package var maximumInFlight: Int?
    package var links: LinkPolicy?
    /// From where it may call over TCP; empty for anywhere.
    package var addresses: [AddressRange] = []

    package init(name: CallerName, app: AppName, permissions: Set<Permission>, keys: [CallerKeyEntry] = []) {
        self.name = name
        self.app = app
        self.permissions = permissions
        self.keys = keys
    }

    package func caller(knownBy evidence: CallerEvidence) -> Caller {
        var caller = Caller(name: name, app: app, permissions: permissions, evidence: evidence)
        caller.senders = senders
        caller.links = links
        return caller
    }
}
