/// The rules of the house as functions over lines, so that each can be shown to find what it looks for.
enum TidyRules {
    static let fileLines = 400
    static let functionLines = 60
    static let lineLength = 120

    /// Words that may not stand in `Sources`, and why.
    static let banned: [(word: String, reason: String)] = [
        ("print(", "output of the daemon goes through the log; commands are exempt"),
        ("try!", "an error of the world is handled, not trapped"),
        ("fatalError(", "a mistake of ours is a precondition with its sentence"),
        ("@unchecked", "the compiler checks what crosses threads"),
        ("nonisolated(unsafe)", "the compiler checks what crosses threads"),
        ("TODO", "open work is an issue"),
        ("FIXME", "open work is an issue"),
        ("URLSession", "there is one way out, and it is HTTPWire"),
    ]

    /// Whether a word stands in a line, and not as the end of a longer one such as `Fingerprint(`.
    static func stands(_ word: String, in line: String) -> Bool {
        line.ranges(of: word).contains { range in
            range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isLetter
        }
    }

    static let bannedNames = ["Util", "Helper", "Manager", "Common", "Misc"]

    /// The first lines of functions that are too long, found by their indentation: a declaration ends at the closing
    /// brace of the same depth.
    static func longFunctions(_ lines: [String]) -> [Int] {
        var found: [Int] = []
        for (index, line) in lines.enumerated() {
            let indentation = line.prefix { $0 == " " }.count
            let text = line.dropFirst(indentation)
            guard declaresFunction(text), !text.hasSuffix("}") else { continue }
            let closing = String(repeating: " ", count: indentation) + "}"
            guard let end = lines[index...].dropFirst().firstIndex(where: { $0 == closing }) else { continue }
            if end - index + 1 > functionLines { found.append(index + 1) }
        }
        return found
    }

    /// Package declarations of types and functions that no documentation comment precedes.
    static func undocumented(_ lines: [String]) -> [Int] {
        lines.indices.filter { index in
            let text = lines[index].drop { $0 == " " }
            guard
                ["package struct ", "package enum ", "package final class ", "package protocol ", "package actor "]
                    .contains(where: text.hasPrefix)
            else { return false }
            let isNested = lines[index].hasPrefix(" ")
            return !isNested && (index == 0 || !lines[index - 1].hasPrefix("///"))
        }.map { $0 + 1 }
    }

    private static func declaresFunction(_ text: Substring) -> Bool {
        var words = text.split(separator: " ", omittingEmptySubsequences: true)
        while let first = words.first,
            ["package", "private", "static", "mutating", "override", "fileprivate"].contains(first)
        {
            words.removeFirst()
        }
        guard let first = words.first else { return false }
        return first == "func" || first.hasPrefix("init(") || first.hasPrefix("init?(") || first == "convenience"
    }
}
