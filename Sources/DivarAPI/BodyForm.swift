/// The shapes of request body that Divar's endpoints take.
package enum BodyForm: Sendable, Hashable {
    case none
    /// `{}`
    case empty
    /// `text_message`, `media_token`, `buttons`.
    case botMessage
    /// `message`, `media_token`, `sender_buttons`, `receiver_buttons`.
    case conversationMessage
}
