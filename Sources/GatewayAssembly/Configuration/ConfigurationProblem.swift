/// One thing that is wrong with a configuration file, and on which line.
package struct ConfigurationProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from one; nil where the problem is with no line in particular.
    package var line: Int?
    /// The key's path, such as `upstream.base_url`; empty for the file as a whole.
    package var key: String
    package var message: String

    package var description: String {
        let text = (line.map { "\($0): " } ?? "") + (key.isEmpty ? "" : "\(key): ") + message
        // Keys are the operator's words, and parser errors quote them: what could move a terminal's cursor is masked.
        return String(String.UnicodeScalarView(text.unicodeScalars.map { mayBePrinted($0) ? $0 : "\u{FFFD}" }))
    }

    private func mayBePrinted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }
}
