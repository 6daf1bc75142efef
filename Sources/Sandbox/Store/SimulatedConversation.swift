internal import StrictJSON

/// One conversation with its last messages, oldest first.
struct SimulatedConversation: Sendable {
    let id: String
    let kind: ConversationKind
    let postToken: String?
    /// For a bot's conversation with a user.
    let owner: BotOwner?
    private(set) var messages = BoundedLog<SimulatedMessage>(capacity: SandboxLimits.messagesInConversation)

    init(id: String, kind: ConversationKind, postToken: String? = nil, owner: BotOwner? = nil) {
        self.id = id
        self.kind = kind
        self.postToken = postToken
        self.owner = owner
    }

    mutating func append(_ message: SimulatedMessage) {
        messages.append(message)
    }

    /// The conversation as it stands in answers, by itself and inside each message.
    var json: JSONValue {
        var members = [JSONMember("id", .string(id)), JSONMember("type", .string(kind.rawValue))]
        if let postToken { members.append(JSONMember("post_token", .string(postToken))) }
        return .object(members)
    }
}
