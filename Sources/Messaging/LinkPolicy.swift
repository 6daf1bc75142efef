/// To which hosts a caller's buttons may lead.
package struct LinkPolicy: Sendable, Hashable {
    package var hosts: [HostPattern]
    /// Whether a link elsewhere is refused, or sent and only logged.
    package var isEnforced: Bool

    package init(hosts: [HostPattern], isEnforced: Bool) {
        self.hosts = hosts
        self.isEnforced = isEnforced
    }

    /// - Parameter host: as it stands in the link. What is no name of a host that is known to be safe to compare is
    ///   never admitted: a browser may take it for something else.
    package func admits(host: String) -> Bool {
        guard let name = HostName(host) else { return false }
        return hosts.contains { $0.matches(name) }
    }
}
