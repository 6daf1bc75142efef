package import Messaging

/// One Divar key, resolved.
package struct AppKey: Sendable {
    /// By which logs and people call it: `default/1`, or the name that the configuration gives it. Says nothing of the
    /// key itself.
    package let name: String
    package let secret: Secret
    /// What it is allowed in Divar's panel; nil where nobody said, and it is tried for everything.
    package let permissions: Set<String>?
    /// When it was made, in seconds since 1970; nil where that isn't known.
    package let created: Int?

    package init(name: String, secret: Secret, permissions: Set<String>? = nil, created: Int? = nil) {
        (self.name, self.secret, self.permissions, self.created) = (name, secret, permissions, created)
    }
}
