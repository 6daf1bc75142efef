/// What the operator calls one calling service: 1 to 64 characters of `A-Z a-z 0-9 _ - .`.
package struct CallerName: Sendable, Hashable, CustomStringConvertible {
    /// Who everybody is while no callers are configured.
    package static let local = CallerName(unchecked: "local")

    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.name.admits(text) else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    package var description: String { text }
}
