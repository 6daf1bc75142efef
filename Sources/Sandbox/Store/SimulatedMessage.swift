/// One message of a conversation, as it is remembered.
struct SimulatedMessage: Sendable, Hashable {
    enum Side: String, Sendable {
        case buyer = "BUYER"
        case seller = "SELLER"
    }

    enum Sender: String, Sendable {
        case human = "HUMAN"
        case bot = "BOT"
    }

    let id: String
    let content: MessageBody.Content
    let sentAt: SandboxTime
    let side: Side
    let sender: Sender
}
