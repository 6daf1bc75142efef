/// The name of one of Divar's icons: 1 to 64 characters of `A-Z a-z 0-9 _`.
///
/// Whether Divar knows the name is not decided here: its list grows (817 names, then 822), and a name that is new to us
/// must not stop a message.
package struct IconName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.icon.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
