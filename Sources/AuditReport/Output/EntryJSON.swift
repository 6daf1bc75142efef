package import StrictJSON

/// Entries as JSON: one object each, on one line.
package enum EntryJSON {
    package static func line(_ entry: AuditEntry) -> String {
        text(.object(entry.members))
    }

    /// Compact JSON whose characters are all printable: the others are escaped (RFC 8259 section 7), which changes
    /// nothing of the value.
    package static func text(_ value: JSONValue) -> String {
        safe(JSONWriter.string(value))
    }

    /// The same for compact JSON that is text already. Outside of strings it has no character that needs it.
    static func safe(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if TerminalText.isPrintable(scalar) {
                safe.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    safe.append(
                        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
                }
            }
        }
        return String(safe)
    }
}
