internal import StrictJSON

/// One message that was accepted, as a test wants to see it again.
struct LedgerEntry: Sendable {
    let messageID: String
    let time: SandboxTime
    let endpoint: String
    let app: String
    let conversation: String
    /// To whom it was sent, where it was sent to a user.
    let user: String?
    let content: MessageBody.Content
    /// The grids of buttons under their own names, as they came.
    let grids: [JSONMember]
    let sender: SimulatedMessage.Sender
    let traceParent: String?

    /// - Parameter number: from zero; people count from one.
    func json(number: Int) -> JSONValue {
        var members = [
            JSONMember("seq", .number(String(number + 1))),
            JSONMember("message_id", .string(messageID)),
            JSONMember("time", .string(time.rfc3339)),
            JSONMember("endpoint", .string(endpoint)),
            JSONMember("app", .string(app)),
            JSONMember("sender", .string(sender.rawValue)),
            JSONMember("conversation_id", .string(conversation)),
        ]
        if let user { members.append(JSONMember("user_id", .string(user))) }
        switch content {
        case .text(let text): members.append(JSONMember("text", .string(text)))
        case .media(let token): members.append(JSONMember("media_token", .string(token)))
        }
        members += grids
        if let traceParent { members.append(JSONMember("trace_parent", .string(traceParent))) }
        return .object(members)
    }
}
