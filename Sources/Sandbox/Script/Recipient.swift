internal import StrictJSON

/// Who can have blocked the sender: exactly one of `conversation_id` and `user_id`.
enum Recipient: Sendable, Hashable {
    case conversation(String)
    case user(String)
}

extension Recipient: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(value, at: place, allowed: ["conversation_id", "user_id"])
        let conversation = members.text("conversation_id")
        let user = members.text("user_id")
        guard members.finish(into: &problems) else { return nil }
        switch (conversation, user) {
        case (let conversation?, nil): self = .conversation(conversation)
        case (nil, let user?): self = .user(user)
        default:
            let subject = place.isEmpty ? "it" : place
            problems.append("\(subject) must have exactly one of: conversation_id, user_id")
            return nil
        }
    }
}
