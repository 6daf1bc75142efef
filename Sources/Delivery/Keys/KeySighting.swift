/// What a call has shown of a key.
package enum KeySighting: Sendable, Hashable {
    case accepted(KeyID)
    /// - isKnown: whether Divar knows the key, and only doesn't allow it this.
    case refused(KeyID, isKnown: Bool)
}
