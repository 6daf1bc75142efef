/// A value with parameters as `Content-Type` and `Content-Disposition` have it (RFC 9110 section 5.6.6).
enum ParameterisedValue {
    /// The value in lower case, and its parameters by their names in lower case. Nil where it is not well-formed or a
    /// parameter stands twice.
    static func parse(_ text: some StringProtocol) -> (value: String, parameters: [String: String])? {
        var rest = Substring(text)
        skipSpace(&rest)
        let value = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
        guard !value.isEmpty else { return nil }
        rest = rest[value.endIndex...]
        var parameters: [String: String] = [:]
        while true {
            skipSpace(&rest)
            guard !rest.isEmpty else { return (value.lowercased(), parameters) }
            guard rest.removeFirst() == ";" else { return nil }
            skipSpace(&rest)
            let name = rest.prefix { isTokenCharacter($0) }
            guard !name.isEmpty, rest[name.endIndex...].first == "=" else { return nil }
            rest = rest[name.endIndex...].dropFirst()
            guard let content = rest.first == "\"" ? quoted(&rest) : token(&rest),
                parameters.updateValue(content, forKey: name.lowercased()) == nil
            else { return nil }
        }
    }

    private static func skipSpace(_ rest: inout Substring) {
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }

    private static func token(_ rest: inout Substring) -> String? {
        let token = rest.prefix { isTokenCharacter($0) }
        guard !token.isEmpty else { return nil }
        rest = rest[token.endIndex...]
        return String(token)
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        var content = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return content
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                content.append(escaped)
            default: content.append(character)
            }
        }
        return nil
    }

    /// `tchar` of RFC 9110 section 5.6.2.
    private static func isTokenCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "!#$%&'*+-.^_`|~".contains(character))
    }
}
