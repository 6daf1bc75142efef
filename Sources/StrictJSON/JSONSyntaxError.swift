/// Why some bytes are no JSON text, and where.
package struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong; the wording of `description` follows from it.
    package enum Reason: String, Sendable {
        case emptyText = "there is no JSON text"
        case unexpectedCharacter = "a character stands where none like it may"
        case unexpectedEnd = "the text ends too early"
        case trailingCharacters = "something follows the JSON text"
        case controlCharacter = "a control character stands unescaped in a string"
        case invalidEscape = "an escape sequence is not one that JSON has"
        case loneSurrogate = "an escaped surrogate has no partner"
        case invalidUTF8 = "the text is not UTF-8"
        case invalidNumber = "a number is not written as JSON writes numbers"
        case tooDeep = "values are nested too deeply"
    }

    package var reason: Reason
    /// The offset of the offending byte, counted from zero.
    package var offset: Int

    package var description: String { "\(reason.rawValue) (at byte \(offset))" }
}
