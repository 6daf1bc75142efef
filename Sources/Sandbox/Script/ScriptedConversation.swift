private import Messaging
internal import StrictJSON

/// A conversation as a script or a control call gives it, with what the buyer has said in it.
struct ScriptedConversation: Sendable, Hashable {
    let id: String
    let kind: ConversationKind
    let postToken: String?
    let texts: [BuyersText]
}

extension ScriptedConversation: ScriptReadable {
    init?(reading value: JSONValue, at place: String, problems: inout [String]) {
        var members = MemberReading(value, at: place, allowed: ["id", "type", "post_token", "messages"])
        let id = members.text("id")
        members.require("id")
        if let id, ConversationID(id) == nil {
            members.complain("id", "must be 1 to \(ConversationID.maximumLength) characters of A-Z a-z 0-9 _ - . ~")
        }
        kind =
            members.choice("type", of: ConversationKind.allCases.map(\.rawValue))
            .flatMap(ConversationKind.init(rawValue:)) ?? .post
        postToken = members.text("post_token")
        if let postToken, PostToken(postToken) == nil {
            members.complain("post_token", "must be 1 to 64 characters of A-Z a-z 0-9 _ -")
        }
        texts =
            members.values("messages", of: BuyersText.self, maximum: SandboxLimits.messagesInConversation) ?? []
        guard members.finish(into: &problems), let id else { return nil }
        self.id = id
    }
}
