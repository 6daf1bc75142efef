package import Messaging
private import StrictJSON

/// A request to Divar without its credentials: constructed from checked values, never relayed.
package struct DivarRequest: Sendable, Hashable {
    package let endpoint: Endpoint
    package let path: String
    /// Nil for a request without a body.
    package let body: [UInt8]?

    /// The request that sends a message, or nil where the endpoint is not one for its target.
    package init?(sending draft: MessageDraft, through endpoint: Endpoint) {
        guard endpoint.operation == draft.operation else { return nil }
        let identifier =
            switch draft.target {
            case .conversation(let conversation): conversation.text
            case .user(let user): user.text
            }
        guard let path = endpoint.path.path(identifier: identifier) else { return nil }
        let body =
            switch endpoint.body {
            case .botMessage: DivarBody.botMessage(draft)
            case .conversationMessage: DivarBody.conversationMessage(draft)
            case .none, .empty: JSONValue.object([])
            }
        self.init(endpoint: endpoint, path: path, body: JSONWriter.bytes(body))
    }

    /// The request that reads a conversation, or nil where the endpoint is for something else.
    package init?(reading conversation: ConversationID, through endpoint: Endpoint) {
        guard endpoint.operation == .readConversation,
            let path = endpoint.path.path(identifier: conversation.text)
        else { return nil }
        self.init(endpoint: endpoint, path: path, body: nil)
    }

    /// The request for an upload token, or nil where the endpoint is for something else.
    package init?(creatingUploadTokenThrough endpoint: Endpoint) {
        guard endpoint.operation == .createUploadToken, let path = endpoint.path.path() else { return nil }
        self.init(endpoint: endpoint, path: path, body: Array("{}".utf8))
    }

    private init(endpoint: Endpoint, path: String, body: [UInt8]?) {
        self.endpoint = endpoint
        self.path = path
        self.body = body
    }
}
