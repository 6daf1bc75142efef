/// All conversations of the world. Where one too many comes, the oldest goes with its messages.
struct ConversationBook: Sendable {
    private var conversations: [String: SimulatedConversation] = [:]
    private var order = BoundedLog<String>(capacity: SandboxLimits.conversations)
    private var botConversations: [BotOwner: String] = [:]

    var count: Int { conversations.count }

    subscript(id: String) -> SimulatedConversation? { conversations[id] }

    /// The conversation that an app's bot has with a user.
    func botConversation(of owner: BotOwner) -> SimulatedConversation? {
        botConversations[owner].flatMap { conversations[$0] }
    }

    /// Adds a conversation whose id is not taken yet.
    mutating func add(_ conversation: SimulatedConversation) {
        guard conversations[conversation.id] == nil else { return }
        if let gone = order.append(conversation.id), let owner = conversations.removeValue(forKey: gone)?.owner {
            botConversations[owner] = nil
        }
        conversations[conversation.id] = conversation
        if let owner = conversation.owner { botConversations[owner] = conversation.id }
    }

    mutating func append(_ message: SimulatedMessage, to id: String) {
        conversations[id]?.append(message)
    }
}
