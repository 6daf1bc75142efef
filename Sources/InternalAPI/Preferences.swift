/// Reads `Prefer` (RFC 7240): what a caller would like, of which everything unknown is passed over.
enum Preferences {
    /// Whether an answer is wanted before the message is sent (section 4.1).
    static func asksForAsynchronous(_ field: String?) -> Bool {
        guard let field else { return false }
        return parts(of: field.utf8[...], separatedBy: UInt8(ascii: ",")).contains { preference in
            let name = parts(of: preference, separatedBy: UInt8(ascii: ";")).first ?? preference
            return Substring(trimmed(name)).lowercased() == "respond-async"
        }
    }

    /// A separator within a quoted string is part of that (RFC 9110 section 5.6.4).
    private static func parts(
        of text: Substring.UTF8View, separatedBy separator: UInt8
    ) -> [Substring.UTF8View] {
        var parts: [Substring.UTF8View] = []
        var (isQuoted, isEscaped) = (false, false)
        var start = text.startIndex
        for index in text.indices {
            if isEscaped {
                isEscaped = false
            } else if text[index] == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if isQuoted {
                isEscaped = text[index] == UInt8(ascii: "\\")
            } else if text[index] == separator {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return parts + [text[start...]]
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let rest = text.drop(while: isBlank)
        return rest.prefix(rest.count - rest.reversed().prefix(while: isBlank).count)
    }
}
