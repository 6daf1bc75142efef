import DivarAPI
import Messaging
import StrictJSON
import Testing

/// Values that the tests send.
enum Samples {
    /// Persian with a zero-width non-joiner, emoji with joiners, bidi marks, and letters with marks of their own.
    static let texts = [
        "سلام", "می‌خواهم بخرم", "قیمت: ۱۲٬۰۰۰ تومان؟", "👋🏽 👨‍👩‍👧‍👦 🇮🇷",
        "\u{202B}متن\u{202C} \u{2066}abc\u{2069}\u{200F}\u{200E}",
        "e\u{301} \u{E9} \u{212B} \u{C5}", "ك ي ک ی", "\u{FEFF}a\u{FFFD}\u{10FFFF}", "\"\\/\u{0}\u{1}\t\r\n\u{7F}", "a",
        "</script><!--", String(repeating: "پیام ", count: 1_000),
    ]

    static func endpoint(_ name: String) throws -> Endpoint {
        try #require(Catalogue.endpoint(named: EndpointName(name)))
    }

    static func actions() throws -> [ButtonAction] {
        let data = [
            JSONMember("id", .string("۱-a")), JSONMember("n", .number("12345678901234567890")),
            JSONMember("nested", .object([JSONMember("list", .array([.null, .bool(true)]))])),
        ]
        let post = try #require(PostToken("AJIEWcw"))
        return [
            .openURL("https://example.com/a?b=c&d=%D8%B3#e"), .serverLink(data), .serverLink([]), .dynamicAction(data),
            .dynamicAction([]), .openPost(post), .managePost(post),
        ]
    }

    /// Grids: none, one for each action, and a full one of three rows.
    static func grids() throws -> [ButtonGrid] {
        let actions = try actions()
        let icons = [nil, IconName("ADD"), IconName("KEYBOARD_ARROW_RIGHT")]
        let single = actions.enumerated().map { index, action in
            ButtonGrid(rows: [[Button(caption: "دکمهٔ \(index)", icon: icons[index % 3], action: action)]])
        }
        let row = actions.prefix(3).map { Button(caption: "x", icon: icons[1], action: $0) }
        return [ButtonGrid()] + single + [ButtonGrid(rows: [Array(row), Array(row.prefix(2)), Array(row.prefix(1))])]
    }

    static func contents() throws -> [MessageContent] {
        texts.map { .text($0) } + [.media(try #require(MediaToken("m-1_2.3~+/=#?&%\"\\")))]
    }

    static func draft(for operation: Messaging.Operation, content: MessageContent) throws -> MessageDraft {
        let conversation = MessageTarget.conversation(try #require(ConversationID("conv_123-4.5~6")))
        let user = MessageTarget.user(try #require(UserID("user+78/90==")))
        return switch operation {
        case .botMessageToUser: MessageDraft(target: user, sender: .bot, content: content)
        case .messageAsUser: MessageDraft(target: conversation, sender: .user, content: content)
        default: MessageDraft(target: conversation, sender: .bot, content: content)
        }
    }

    static func isSend(_ endpoint: Endpoint) -> Bool {
        endpoint.operation.permission == .send
    }
}
