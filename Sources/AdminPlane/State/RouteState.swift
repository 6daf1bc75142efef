/// How one of Divar's endpoints fares.
package struct RouteState: Sendable, Hashable {
    package let operation: String
    package let endpoint: String
    /// Of Divar's API, such as `v1`.
    package let version: String
    /// Whether Divar was found not to have it any more.
    package let isGone: Bool

    package init(operation: String, endpoint: String, version: String, isGone: Bool) {
        (self.operation, self.endpoint, self.version) = (operation, endpoint, version)
        self.isGone = isGone
    }
}
