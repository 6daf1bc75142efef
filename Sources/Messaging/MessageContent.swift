/// What a message says: a text that nobody alters, or a file that was uploaded before.
package enum MessageContent: Sendable, Hashable {
    case text(String)
    case media(MediaToken)
}
