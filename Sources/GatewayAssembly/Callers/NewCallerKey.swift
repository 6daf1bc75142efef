private import Custody
private import Messaging
internal import Yams

/// How a new key of a caller's is asked for on the command line.
package struct NewCallerKey: Sendable {
    /// A time, a day, or for how long from now on; nil for ever.
    private let expires: String?
    private let name: String?

    package init(expires: String?, name: String?) {
        (self.expires, self.name) = (expires, name)
    }

    /// A key to be shown once, and what the callers file holds of it.
    func make(now: Int64) throws(AuditUsageError) -> (text: String, node: Node) {
        var generator = SystemRandomNumberGenerator()
        let secret = CallerKey.make(using: &generator)
        let digest = CallerKeyDigest(of: secret).hexadecimal
        var node = Node.Mapping([], .implicit, .block)
            .setting("sha256", to: .scalar(.init(digest, .implicit, .doubleQuoted)))
        if let name {
            guard CallerName(name) != nil else {
                throw AuditUsageError("a key's name has 1 to 64 characters of A-Z a-z 0-9 _ - .")
            }
            node = node.setting("name", to: Node(name))
        }
        if let end = try end(now: now) { node = node.setting("expires", to: Node(CallerTime.text(end))) }
        return (secret.withExposedText { $0 }, .mapping(node))
    }

    private func end(now: Int64) throws(AuditUsageError) -> Int64? {
        guard let expires else { return nil }
        let end = UnitParser.duration(expires).map { now + $0.components.seconds } ?? CallerTime.expiry(expires)
        guard let end, end > now else {
            throw AuditUsageError("--expires takes a time to come such as 2027-01-01, 2027-01-01T08:00:00Z or 90d")
        }
        return end
    }
}
