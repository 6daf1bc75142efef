/// The name of a host as name servers know it: in lower case, and labels beyond ASCII as Punycode (RFC 5890).
///
/// A positive list of characters: letters, marks and digits of any script, `-` and `_`. What is left out may mean
/// something else to a browser: `%61` is `a` to it, and a full-width solidus once was a slash. Letters that browsers
/// fold in more ways than case (full-width ones, ligatures) stay as they are, and so equal nothing that they might be
/// folded to.
package struct HostName: Sendable, Hashable {
    package let text: String

    /// RFC 1035 section 2.3.4, without the length of the root.
    private static let maximumLength = 253
    private static let maximumLabelLength = 63

    package init?(_ text: String) {
        // One dot at the end names the same host from the root.
        let relative = text.hasSuffix(".") ? text.dropLast() : text[...]
        let labels = relative.lowercased().unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
            .map(HostName.label)
        guard !labels.isEmpty, !labels.contains(nil) else { return nil }
        self.text = labels.compactMap { $0 }.joined(separator: ".")
        guard self.text.utf8.count <= HostName.maximumLength else { return nil }
    }

    private static func label(_ scalars: Substring.UnicodeScalarView) -> String? {
        guard !scalars.isEmpty, scalars.allSatisfy(mayStand), scalars.first != "-", scalars.last != "-" else {
            return nil
        }
        let isASCII = scalars.allSatisfy(\.isASCII)
        guard let label = isASCII ? String(scalars) : Punycode.encoded(Array(scalars)).map({ "xn--" + $0 }) else {
            return nil
        }
        return label.utf8.count <= maximumLabelLength ? label : nil
    }

    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return IdentifierGrammar.name.admits(String(scalar)) }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber:
            true
        default:
            // The zero-width non-joiner is a format character that Persian words are written with.
            scalar == "\u{200C}"
        }
    }
}
