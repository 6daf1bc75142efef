/// Says whether an event comes from Divar. Called before a byte of the body is read, from any event loop; must not
/// block.
package protocol EventAuthenticating: Sendable {
    /// - Parameter presented: the whole of `Authorization`.
    func admits(_ presented: Secret) -> Bool
}
