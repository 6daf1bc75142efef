/// What a message says: a text that nobody alters, or a file that was uploaded before.
package enum MessageContent: Sendable, Hashable {
    case text(String)
    case media(MediaToken)

    /// Texts are the same where their bytes are: `String` calls canonically equivalent ones equal, a reader doesn't.
    package static func == (left: MessageContent, right: MessageContent) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.media(let left), .media(let right)): left == right
        case (.text, .media), (.media, .text): false
        }
    }
}
