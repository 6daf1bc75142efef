package import Messaging

/// Decides whether a text gives away what a message says. Divar's complaints sometimes quote what they complain about,
/// and where no content is kept, no quotation of it may be.
package enum EchoRule {
    /// Fewer characters than these are no quotation: words such as "text" stand in many complaints.
    private static let window = 8

    /// Whether a text repeats the message, or eight or more characters of it in a row.
    package static func repeats(_ draft: MessageDraft, in text: String) -> Bool {
        let said = Array(text.unicodeScalars)
        var windows: Set<[Unicode.Scalar]> = []
        if said.count >= window {
            for start in 0...(said.count - window) { windows.insert(Array(said[start..<start + window])) }
        }
        return words(of: draft).contains { word in
            let scalars = Array(word.unicodeScalars)
            guard scalars.count >= window else { return scalars.count > 2 && text.contains(word) }
            return (0...(scalars.count - window)).contains { windows.contains(Array(scalars[$0..<$0 + window])) }
        }
    }

    private static func words(of draft: MessageDraft) -> [String] {
        let content =
            switch draft.content {
            case .text(let text): text
            case .media(let token): token.text
            }
        let buttons = (draft.buttons.rows + draft.senderButtons.rows).flatMap { $0 }
        return [content] + buttons.map(\.caption)
    }
}
