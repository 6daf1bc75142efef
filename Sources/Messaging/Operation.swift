/// What can be asked of Divar, whatever its version of the day calls it.
package enum Operation: String, Sendable, Hashable, CaseIterable {
    case botMessageToConversation = "bot message to a conversation"
    case botMessageToUser = "bot message to a user"
    case messageAsUser = "message in a user's conversation"
    case readConversation = "read a conversation"
    case createUploadToken = "upload token"

    /// What a caller must be allowed for it.
    package var permission: Permission {
        switch self {
        case .botMessageToConversation, .botMessageToUser, .messageAsUser: .send
        case .readConversation: .read
        case .createUploadToken: .upload
        }
    }

    /// Whether Divar serves it only with a user's token.
    package var needsUserToken: Bool {
        switch self {
        case .botMessageToUser, .messageAsUser, .readConversation: true
        case .botMessageToConversation, .createUploadToken: false
        }
    }
}
