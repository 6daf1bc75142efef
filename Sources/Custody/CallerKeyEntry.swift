/// One of a caller's keys, as the configuration has it.
package struct CallerKeyEntry: Sendable, Hashable {
    package var digest: CallerKeyDigest
    /// Seconds since 1970: from then on it is refused; nil where it never expires.
    package var expires: Int64?
    /// What people call it.
    package var name: String?

    package init(digest: CallerKeyDigest, expires: Int64? = nil, name: String? = nil) {
        self.digest = digest
        self.expires = expires
        self.name = name
    }

    package func isExpired(at unixSeconds: Int64) -> Bool {
        expires.map { $0 <= unixSeconds } ?? false
    }
}
