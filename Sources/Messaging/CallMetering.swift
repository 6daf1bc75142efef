/// Counts the calls of one caller against its own limits. Called from any event loop; must not block.
package protocol CallMetering: AnyObject, Sendable {
    /// Takes a place for a call. Throws where there is none; else `end` is owed once.
    func begin() throws(Problem)
    func end()
}
