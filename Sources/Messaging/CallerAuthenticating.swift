/// Says who calls. Called before a byte of the body is read, on every request, from any event loop; must not block.
package protocol CallerAuthenticating: Sendable {
    /// - Parameter key: what stood in `Authorization: Bearer`, or nil where that field was missing.
    /// - Returns: the caller, or nil where nobody is known by that key.
    func caller(presenting key: Secret?) -> Caller?
}
