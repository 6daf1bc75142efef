package import Messaging

/// Every endpoint of Divar's chat API that is known, as data. A new version of Divar's is a new row here.
///
/// The rows are in the order of Divar's own table. Sources: Divar's published OpenAPI documents of December 2025 and
/// August 2026.
package enum Catalogue {
    package static let endpoints: [Endpoint] = [
        bot(
            "v1.bot.conversation", .botMessageToConversation, .stable, always,
            "/v1/open-platform/chat/bot/conversations/{conversation_id}/messages"),
        bot("v1.bot.user", .botMessageToUser, .stable, always, "/v1/open-platform/chat/bot/users/{user_id}/messages"),
        bot(
            "experimental.chatbot-conversation", .botMessageToConversation, .oldestExperimental, [.december2025],
            "/experimental/open-platform/chatbot-conversations/{conversation_id}/messages"
        ),
        bot(
            "experimental.bot.user", .botMessageToUser, .experimental, [.december2025],
            "/experimental/open-platform/chat/bot/users/{user_id}/messages"
        ),
        bot(
            "experimental.bot.conversation", .botMessageToConversation, .experimental, [.december2025],
            "/experimental/open-platform/chat/bot/conversations/{conversation_id}/messages"
        ),
        Endpoint(
            name: EndpointName("v2.conversation"), operation: .messageAsUser, stability: .stable, method: .post,
            path: PathTemplate("/v2/open-platform/conversations/{conversation_id}/messages"), contracts: always,
            needsUserToken: true, keyPermission: "CHAT_SEND_MESSAGE_OAUTH",
            tokenScopes: [
                "CONVERSATION_SEND_MESSAGE.{conversation_id}", "CHAT_SUPPLIER_ALL_CONVERSATIONS_MESSAGE_SEND",
                "CHAT_POST_CONVERSATIONS_MESSAGE_SEND.{post_token}",
            ],
            body: .conversationMessage, answer: .sentStatus
        ),
        Endpoint(
            name: EndpointName("experimental.upload"), operation: .createUploadToken, stability: .experimental,
            method: .post, path: PathTemplate("/experimental/open-platform/chat/upload"), contracts: always,
            needsUserToken: false, keyPermission: "CHAT_UPLOAD_MEDIA", tokenScopes: [],
            body: .empty, answer: .uploadToken
        ),
        Endpoint(
            name: EndpointName("v1.conversation"), operation: .readConversation, stability: .stable, method: .get,
            path: PathTemplate("/v1/open-platform/chat/conversations/{conversation_id}"), contracts: always,
            needsUserToken: true, keyPermission: "CHAT_READ_CONVERSATION",
            tokenScopes: ["CHAT_CONVERSATION_READ.{conversation_id}"],
            body: .none, answer: .conversation
        ),
    ]

    /// What an API key must be allowed for an operation: the same at all endpoints that have it.
    package static func keyPermission(for operation: Operation) -> String {
        endpoints.first { $0.operation == operation }?.keyPermission ?? ""
    }

    /// Every permission that an API key can have, as far as chats are concerned.
    package static let keyPermissions = Set(endpoints.map(\.keyPermission))

    /// The endpoints that a contract has, in the order of the table.
    package static func endpoints(of contract: Contract) -> [Endpoint] {
        endpoints.filter { $0.contracts.contains(contract) }
    }

    package static func endpoint(named name: EndpointName) -> Endpoint? {
        endpoints.first { $0.name == name }
    }

    private static let always: Set<Contract> = [.december2025, .august2026]

    private static func bot(
        _ name: String,
        _ operation: Operation,
        _ stability: Stability,
        _ contracts: Set<Contract>,
        _ path: String
    ) -> Endpoint {
        let toUser = operation == .botMessageToUser
        return Endpoint(
            name: EndpointName(name), operation: operation, stability: stability, method: .post,
            path: PathTemplate(path), contracts: contracts, needsUserToken: toUser,
            keyPermission: "CHAT_BOT_SEND_MESSAGE", tokenScopes: toUser ? ["CHAT_BOT_USER_MESSAGE_SEND"] : [],
            body: .botMessage, answer: .sentConversation
        )
    }
}
