import ConversationCache
import Messaging

extension CacheKey {
    static func named(
        _ conversation: String = "c",
        caller: String = "a",
        app: String = "default",
        token: UInt64 = 1,
        operation: Messaging.Operation = .readConversation
    ) -> CacheKey {
        guard let caller = CallerName(caller), let app = AppName(app) else { preconditionFailure("not a name") }
        return CacheKey(
            operation: operation, conversation: .named(conversation),
            partition: CachePartition(caller: caller, app: app, token: .numbered(token))
        )
    }
}

extension ConversationID {
    static func named(_ text: String = "c") -> ConversationID {
        guard let conversation = ConversationID(text) else { preconditionFailure("not an id") }
        return conversation
    }
}

extension TokenDigest {
    static func numbered(_ number: UInt64 = 1) -> TokenDigest { TokenDigest { $0 == 0 ? number : 0 } }
}
