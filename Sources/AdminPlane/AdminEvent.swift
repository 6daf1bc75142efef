/// What the log says of the admin listeners.
package enum AdminEvent: Sendable, Hashable {
    case signedIn(name: String, peer: String)
    case refused(peer: String)
}
