/// Text of unknown origin for a terminal: nothing in it can move the cursor, turn the direction of writing or hide.
package enum TerminalText {
    /// Writes what isn't printable as `\u{XX}`: controls, bidirectional and other format characters, separators of
    /// lines and paragraphs, private, unassigned and invisible ones. Of the marks that go onto a letter two are left
    /// to each, and behind a letter the non-joiner, without which Persian can't be read.
    package static func safe(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        var safe = String.UnicodeScalarView()
        var marks = TerminalText.maximumMarks
        var isBehindLetter = false
        for scalar in text.unicodeScalars {
            if isMark(scalar) { marks += 1 } else { marks = 0 }
            let isJoining = scalar == TerminalText.nonJoiner && isBehindLetter
            isBehindLetter = scalar.properties.isAlphabetic
            if isJoining || (isPrintable(scalar) && marks <= TerminalText.maximumMarks) {
                safe.append(scalar)
            } else {
                safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
                marks = TerminalText.maximumMarks
            }
        }
        return String(safe)
    }

    /// Columns that a safe text takes. The characters of East Asia that take two are counted as one.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + (isMark($1) || $1 == nonJoiner ? 0 : 1) }
    }

    /// Whether a character may reach a terminal as it is.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: !properties.isDefaultIgnorableCodePoint
        }
    }

    private static let nonJoiner: Unicode.Scalar = "\u{200C}"

    /// Letters have one or two; piled up they would cover the lines above.
    private static let maximumMarks = 2

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }
}
