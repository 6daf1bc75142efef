package import Messaging
private import StrictJSON

/// What one of Divar's webhooks says, as far as it makes something stale.
package enum WebhookEvent: Sendable, Equatable {
    /// There is a new message in a conversation.
    case newMessage(ConversationID)
    /// A user withdrew the app's access: that user's tokens are void.
    ///
    /// - Parameter user: nil where it isn't said of whom.
    case accessRevoked(user: UserID?)
    /// Says that something happened, but not where.
    case unreadable
    /// An event of another kind.
    case other

    /// Nil where the body is not a JSON object.
    package init?(body: [UInt8]) {
        guard let value = try? JSONParser.parse(body), value.objectMembers != nil else { return nil }
        switch value["type"]?.stringValue {
        case "NEW_MESSAGE": self = WebhookEvent.message(value["new_message"])
        case "NEW_CHATBOT_MESSAGE": self = WebhookEvent.message(value["new_chatbot_message"])
        case "USER_ACCESS_REVOCATION":
            let user = value["user_access_revocation"]?["user_id"]?.stringValue.flatMap { UserID($0) }
            self = .accessRevoked(user: user)
        default: self = .other
        }
    }

    private static func message(_ message: JSONValue?) -> WebhookEvent {
        guard let conversation = message?["conversation"]?["id"]?.stringValue.flatMap(ConversationID.init) else {
            return .unreadable
        }
        return .newMessage(conversation)
    }
}
