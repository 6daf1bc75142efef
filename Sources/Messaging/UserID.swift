/// Names one Divar user: 1 to 128 characters as base64 has them, both alphabets.
package struct UserID: Sendable, Hashable, CustomStringConvertible {
    package static let maximumLength = 128

    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.user.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
