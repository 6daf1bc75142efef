/// Names one conversation at Divar: 1 to 128 unreserved characters (RFC 3986 section 2.3), never `.` or `..`.
///
/// Dot segments survive percent-encoding and are removed by URL parsers, so a path built around one would lead
/// elsewhere with our key attached. What doesn't fit the grammar can't be made.
package struct ConversationID: Sendable, Hashable, CustomStringConvertible {
    package static let maximumLength = 128

    package let text: String

    package init?(_ text: String) {
        guard IdentifierGrammar.conversation.admits(text), text != ".", text != ".." else { return nil }
        self.text = text
    }

    package var description: String { text }
}
