/// Says who calls. Called before a byte of the body is read, on every request, from any event loop; must not block.
package protocol CallerAuthenticating: Sendable {
    func recognition(of credentials: CallerCredentials) -> CallerRecognition
}
