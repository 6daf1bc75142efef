/// What Divar's upload host gave for an uploaded file: 1 to 512 visible ASCII characters.
package struct MediaToken: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.media.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
