/// One of Divar's keys, by its name.
package struct KeyState: Sendable, Hashable {
    package let app: String
    package let name: String
    /// `trusted`, `candidate` or `refused`.
    package let state: String
    /// Nil where nobody knows when it was made.
    package let ageDays: Int?
    /// Whether it is time to replace it.
    package let isOld: Bool

    package init(app: String, name: String, state: String, ageDays: Int?, isOld: Bool) {
        (self.app, self.name, self.state) = (app, name, state)
        (self.ageDays, self.isOld) = (ageDays, isOld)
    }
}
