/// Whose conversation with a bot it is: every app has its own bot, and every user one conversation with it.
struct BotOwner: Sendable, Hashable {
    let app: String
    let user: String
}
