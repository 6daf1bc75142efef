/// What may be said of a user's tokens that are kept: never a token, and nothing that was made from one.
package struct UserTokensReport: Sendable, Hashable {
    package var name: UserName
    /// When the access token ends: microseconds since 1970.
    package var expires: Int64
    /// Whether the tokens can be renewed; where not, the user has to consent again once they end.
    package var isRefreshable: Bool
    /// When they were renewed last: microseconds since 1970; nil while they are those that a service brought.
    package var refreshedAt: Int64?
    package var scope: String?

    package init(name: UserName, expires: Int64, isRefreshable: Bool, refreshedAt: Int64?, scope: String?) {
        (self.name, self.expires, self.isRefreshable) = (name, expires, isRefreshable)
        (self.refreshedAt, self.scope) = (refreshedAt, scope)
    }
}
