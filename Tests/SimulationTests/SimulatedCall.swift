import Messaging

/// A send as its caller sees it.
final class SimulatedCall {
    enum Answer {
        case told(Outcome, MessageID)
        case toldWithoutRecord(Outcome)
        case accepted(MessageID)
        /// Nothing was sent for this call.
        case refused
        /// The gateway ended before it answered.
        case lost
    }

    let caller: CallerName
    let conversation: ConversationID
    let key: IdempotencyKey?
    let draft: MessageDraft
    let patience: Int64
    let begun: Int64
    var messages: [MessageID] = []
    private(set) var answers: [Answer] = []
    private let world: World

    init(
        _ world: World, caller: CallerName, conversation: ConversationID, text: String, key: IdempotencyKey?,
        patience: Int64
    ) {
        (self.world, self.caller, self.conversation, self.key) = (world, caller, conversation, key)
        self.patience = patience
        begun = world.schedule.now
        draft = MessageDraft(target: .conversation(conversation), sender: .bot, content: .text(text))
    }

    var isOver: Bool { !answers.isEmpty }

    func answer(_ answer: Answer) {
        answers.append(answer)
        world.answered(self, answer)
    }
}
