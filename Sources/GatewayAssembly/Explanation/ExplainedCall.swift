package import Messaging

/// A call of which somebody asks how it would go.
package enum ExplainedCall: String, CaseIterable, Sendable {
    case sendToConversation = "send"
    case sendToUser = "send-to-user"
    case sendAsUser = "send-as-user"
    case read
    case uploadToken = "upload-token"

    package var operation: Operation {
        switch self {
        case .sendToConversation: .botMessageToConversation
        case .sendToUser: .botMessageToUser
        case .sendAsUser: .messageAsUser
        case .read: .readConversation
        case .uploadToken: .createUploadToken
        }
    }
}
