/// Names one post of Divar's: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
package struct PostToken: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.post.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
