/// What a conversation is about, in Divar's words.
enum ConversationKind: String, Sendable, Hashable, CaseIterable {
    /// A post.
    case post = "POST"
    /// A chat with an app's bot.
    case bot = "BOT"
}
