/// How a key fares, for those who look.
package struct KeyStanding: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case trusted
        /// New, and not proved yet.
        case candidate
        /// Divar refused it, for all that it is asked for or some.
        case refused
    }

    package let key: KeyID
    package let kind: Kind
}
