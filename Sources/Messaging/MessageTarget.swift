/// To whom a message goes.
package enum MessageTarget: Sendable, Hashable {
    case conversation(ConversationID)
    case user(UserID)
}
