/// What the operator calls one Divar app: 1 to 64 characters of `A-Z a-z 0-9 _ - .`.
package struct AppName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.name.admits(text) else { return nil }
        self.text = text
    }

    package var description: String { text }
}
