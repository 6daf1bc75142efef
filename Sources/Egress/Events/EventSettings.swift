package import HTTPWire
package import NIOCore

/// Where events go on to.
package struct EventSettings: Sendable, Hashable {
    package var origin: Origin
    /// With the query, if there is one.
    package var path: String
    package var deadline: TimeAmount

    /// The name by which requests of this gateway are known; nil where they bear none.
    package var via: ViaPseudonym?

    package init(origin: Origin, path: String, deadline: TimeAmount) {
        self.origin = origin
        self.path = path
        self.deadline = deadline
    }
}
