internal import Messaging
internal import StrictJSON

/// Messages in the words of Divar's request bodies.
///
/// The schemas call the text required although Divar takes text or media; an empty text beside a media token satisfies
/// both, since protobuf's JSON takes an empty string for an absent one.
enum DivarBody {
    static func botMessage(_ draft: MessageDraft) -> JSONValue {
        var members = content(draft.content, textName: "text_message")
        if !draft.buttons.isEmpty { members.append(JSONMember("buttons", grid(draft.buttons))) }
        return .object(members)
    }

    static func conversationMessage(_ draft: MessageDraft) -> JSONValue {
        var members = content(draft.content, textName: "message")
        if !draft.senderButtons.isEmpty { members.append(JSONMember("sender_buttons", grid(draft.senderButtons))) }
        if !draft.buttons.isEmpty { members.append(JSONMember("receiver_buttons", grid(draft.buttons))) }
        return .object(members)
    }

    private static func content(_ content: MessageContent, textName: String) -> [JSONMember] {
        switch content {
        case .text(let text):
            [JSONMember(textName, .string(text))]
        case .media(let token):
            [JSONMember(textName, .string("")), JSONMember("media_token", .string(token.text))]
        }
    }

    private static func grid(_ grid: ButtonGrid) -> JSONValue {
        let rows = grid.rows.map { row in
            JSONValue.object([JSONMember("buttons", .array(row.map(button)))])
        }
        return .object([JSONMember("rows", .array(rows))])
    }

    private static func button(_ button: Button) -> JSONValue {
        var members = [JSONMember("caption", .string(button.caption))]
        if let icon = button.icon { members.append(JSONMember("icon", .string(icon.text))) }
        members.append(JSONMember("action", .object([action(button.action)])))
        return .object(members)
    }

    private static func action(_ action: ButtonAction) -> JSONMember {
        switch action {
        case .openURL(let url):
            JSONMember("open_direct_link", .string(url))
        case .serverLink(let data):
            JSONMember("open_server_link", .object([JSONMember("data", .object(data))]))
        case .dynamicAction(let data):
            JSONMember("get_dynamic_action", .object([JSONMember("data", .object(data))]))
        case .openPost(let post):
            JSONMember("open_post_page", .object([JSONMember("post_token", .string(post.text))]))
        case .managePost(let post):
            JSONMember("open_post_manage_page", .object([JSONMember("post_token", .string(post.text))]))
        }
    }
}
