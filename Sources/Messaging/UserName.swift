/// What the services of an app call one of their users: 1 to 64 characters of `A-Z a-z 0-9 _ - .`.
///
/// Not Divar's id of the user: a service keeps tokens under a name that it knows itself.
package struct UserName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.name.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
