extension FieldName {
    private static let words = allCases.map { (name: $0, word: $0.rawValue) }

    /// Nil for a field that nobody here reads.
    init?(insensitively name: String) {
        guard let match = FieldName.words.first(where: { FieldName.isSame(name, $0.word) }) else { return nil }
        self = match.name
    }

    /// Whether a name, or a value, is that word, which is in lower case. Letter case aside, and only that of ASCII
    /// (RFC 9110 section 5.1); compared where it lies, for this runs for every field of every request.
    static func isSame(_ name: String, _ word: String) -> Bool {
        guard name.utf8.count == word.utf8.count else { return false }
        for (byte, letter) in zip(name.utf8, word.utf8) where byte != letter {
            guard letter >= UInt8(ascii: "a"), byte == letter - 0x20 else { return false }
        }
        return true
    }
}

extension FieldName.Framing {
    private static let words = allCases.map { (name: $0, word: $0.rawValue) }

    init?(_ name: String) {
        guard let match = FieldName.Framing.words.first(where: { FieldName.isSame(name, $0.word) }) else { return nil }
        self = match.name
    }
}
