package import Messaging
private import StrictJSON

/// The bytes that stand for what a message says. `docs/audit-trail.md` fixes them.
package enum CanonicalContent {
    /// What a commitment binds, and what is kept where contents are.
    package static func bytes(of draft: MessageDraft) -> [UInt8] {
        JSONWriter.bytes(.object(members(of: draft)))
    }

    /// What an idempotency key is bound to: the content, to whom it goes and in whose name.
    package static func request(_ draft: MessageDraft) -> [UInt8] {
        let target =
            switch draft.target {
            case .conversation(let id): JSONMember("conversation_id", .string(id.text))
            case .user(let id): JSONMember("user_id", .string(id.text))
            }
        let sender = JSONMember("as", .string(draft.sender.rawValue))
        return JSONWriter.bytes(.object([target, sender] + members(of: draft)))
    }

    private static func members(of draft: MessageDraft) -> [JSONMember] {
        var members =
            switch draft.content {
            case .text(let text): [JSONMember("text", .string(text))]
            case .media(let token): [JSONMember("media_token", .string(token.text))]
            }
        if !draft.buttons.isEmpty { members.append(JSONMember("buttons", json(draft.buttons))) }
        if !draft.senderButtons.isEmpty { members.append(JSONMember("sender_buttons", json(draft.senderButtons))) }
        return members
    }

    private static func json(_ grid: ButtonGrid) -> JSONValue {
        .array(grid.rows.map { row in .array(row.map(json)) })
    }

    private static func json(_ button: Button) -> JSONValue {
        var members = [JSONMember("caption", .string(button.caption))]
        if let icon = button.icon { members.append(JSONMember("icon", .string(icon.text))) }
        members.append(member(button.action))
        return .object(members)
    }

    private static func member(_ action: ButtonAction) -> JSONMember {
        switch action {
        case .openURL(let url): JSONMember("open_url", .string(url))
        case .serverLink(let data): JSONMember("server_link", .object(data))
        case .dynamicAction(let data): JSONMember("dynamic_action", .object(data))
        case .openPost(let token): JSONMember("open_post", .string(token.text))
        case .managePost(let token): JSONMember("manage_post", .string(token.text))
        }
    }
}
