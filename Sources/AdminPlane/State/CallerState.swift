/// One caller, and what it may do.
package struct CallerState: Sendable, Hashable {
    package let name: String
    package let app: String
    package let may: [String]
    /// `2 keys`, `uid 1000` and the like.
    package let knownBy: [String]
    /// In seconds since 1970; nil where it hasn't called since that is kept.
    package let lastUsed: Int64?

    package init(name: String, app: String, may: [String], knownBy: [String], lastUsed: Int64?) {
        (self.name, self.app, self.may) = (name, app, may)
        (self.knownBy, self.lastUsed) = (knownBy, lastUsed)
    }
}
