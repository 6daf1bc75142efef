/// A place inside a JSON text (RFC 6901), built from the root down.
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    private var tokens: [String]

    package init(_ tokens: String...) {
        self.tokens = tokens
    }

    package func appending(_ name: String) -> JSONPointer {
        var longer = self
        longer.tokens.append(name)
        return longer
    }

    package func appending(_ index: Int) -> JSONPointer {
        appending(String(index))
    }

    /// The string form: empty for the root, `~` and `/` escaped as RFC 6901 section 3 has it.
    package var description: String {
        var text = ""
        for token in tokens {
            text.append("/")
            for character in token.unicodeScalars {
                switch character {
                case "~": text.append("~0")
                case "/": text.append("~1")
                default: text.unicodeScalars.append(character)
                }
            }
        }
        return text
    }
}
