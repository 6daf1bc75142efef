import DivarAPI
import Messaging
import Testing

/// The rows of the catalogue, one by one, as Divar's table has them.
@Suite struct CatalogueTests {
    struct Row: Sendable {
        var name: String
        var line: String
        var operation: Messaging.Operation
        var stability: Stability
        var august: Bool
        var token: Bool
        var permission: String
        var scopes: Set<String>
    }

    static let sendScopes: Set<String> = [
        "CONVERSATION_SEND_MESSAGE.{conversation_id}", "CHAT_SUPPLIER_ALL_CONVERSATIONS_MESSAGE_SEND",
        "CHAT_POST_CONVERSATIONS_MESSAGE_SEND.{post_token}",
    ]

    static let rows: [Row] = [
        Row(
            name: "v1.bot.conversation",
            line: "POST /v1/open-platform/chat/bot/conversations/{conversation_id}/messages",
            operation: .botMessageToConversation, stability: .stable, august: true, token: false,
            permission: "CHAT_BOT_SEND_MESSAGE", scopes: []),
        Row(
            name: "v1.bot.user", line: "POST /v1/open-platform/chat/bot/users/{user_id}/messages",
            operation: .botMessageToUser, stability: .stable, august: true, token: true,
            permission: "CHAT_BOT_SEND_MESSAGE", scopes: ["CHAT_BOT_USER_MESSAGE_SEND"]),
        Row(
            name: "experimental.chatbot-conversation",
            line: "POST /experimental/open-platform/chatbot-conversations/{conversation_id}/messages",
            operation: .botMessageToConversation, stability: .oldestExperimental, august: false, token: false,
            permission: "CHAT_BOT_SEND_MESSAGE", scopes: []),
        Row(
            name: "experimental.bot.user", line: "POST /experimental/open-platform/chat/bot/users/{user_id}/messages",
            operation: .botMessageToUser, stability: .experimental, august: false, token: true,
            permission: "CHAT_BOT_SEND_MESSAGE", scopes: ["CHAT_BOT_USER_MESSAGE_SEND"]),
        Row(
            name: "experimental.bot.conversation",
            line: "POST /experimental/open-platform/chat/bot/conversations/{conversation_id}/messages",
            operation: .botMessageToConversation, stability: .experimental, august: false, token: false,
            permission: "CHAT_BOT_SEND_MESSAGE", scopes: []),
        Row(
            name: "v2.conversation", line: "POST /v2/open-platform/conversations/{conversation_id}/messages",
            operation: .messageAsUser, stability: .stable, august: true, token: true,
            permission: "CHAT_SEND_MESSAGE_OAUTH", scopes: sendScopes),
        Row(
            name: "experimental.upload", line: "POST /experimental/open-platform/chat/upload",
            operation: .createUploadToken, stability: .experimental, august: true, token: false,
            permission: "CHAT_UPLOAD_MEDIA", scopes: []),
        Row(
            name: "v1.conversation", line: "GET /v1/open-platform/chat/conversations/{conversation_id}",
            operation: .readConversation, stability: .stable, august: true, token: true,
            permission: "CHAT_READ_CONVERSATION", scopes: ["CHAT_CONVERSATION_READ.{conversation_id}"]),
    ]

    @Test func `the catalogue has the eight endpoints in the order of the table`() {
        #expect(Catalogue.endpoints.map(\.name.text) == CatalogueTests.rows.map(\.name))
    }

    @Test(arguments: rows)
    func `an endpoint is what the table says`(_ row: Row) throws {
        let endpoint = try Samples.endpoint(row.name)
        #expect("\(endpoint.method.rawValue) \(endpoint.path)" == row.line)
        #expect(endpoint.operation == row.operation)
        #expect(endpoint.stability == row.stability)
        #expect(endpoint.contracts == (row.august ? [.december2025, .august2026] : [.december2025]))
        #expect(endpoint.needsUserToken == row.token)
        #expect(endpoint.keyPermission == row.permission)
        #expect(Set(endpoint.tokenScopes) == row.scopes)
    }

    @Test func `the forms of body and answer follow from the operation`() {
        for endpoint in Catalogue.endpoints {
            switch endpoint.operation {
            case .botMessageToConversation, .botMessageToUser:
                #expect(endpoint.body == .botMessage && endpoint.answer == .sentConversation)
            case .messageAsUser:
                #expect(endpoint.body == .conversationMessage && endpoint.answer == .sentStatus)
            case .createUploadToken:
                #expect(endpoint.body == .empty && endpoint.answer == .uploadToken)
            case .readConversation:
                #expect(endpoint.body == .none && endpoint.answer == .conversation)
            }
        }
    }

    @Test func `an operation and its endpoints agree on whether a user's token is needed`() {
        for endpoint in Catalogue.endpoints {
            #expect(endpoint.needsUserToken == endpoint.operation.needsUserToken, "\(endpoint.name)")
            #expect(endpoint.needsUserToken == !endpoint.tokenScopes.isEmpty, "\(endpoint.name)")
        }
    }

    @Test func `a contract has the endpoints of its time, in the order of the table`() {
        #expect(Catalogue.endpoints(of: .december2025) == Catalogue.endpoints)
        let august = Catalogue.endpoints(of: .august2026).map(\.name.text)
        #expect(
            august == [
                "v1.bot.conversation", "v1.bot.user", "v2.conversation", "experimental.upload", "v1.conversation",
            ]
        )
        #expect(Contract.allCases.map(\.rawValue) == ["2025-12", "2026-08"])
    }

    @Test func `every operation has an endpoint in every contract`() {
        for contract in Contract.allCases {
            let served = Set(Catalogue.endpoints(of: contract).map(\.operation))
            #expect(served == Set(Messaging.Operation.allCases))
        }
    }

    @Test(arguments: ["", "v1", "v1.bot", "V1.BOT.USER", "v1.bot.user ", "v3.conversation"])
    func `a name that is not in the catalogue finds nothing`(_ name: String) {
        #expect(Catalogue.endpoint(named: EndpointName(name)) == nil)
    }

    @Test func `the stable comes before the experimental and that before the oldest`() {
        #expect(Stability.stable < .experimental)
        #expect(Stability.experimental < .oldestExperimental)
        #expect([Stability.oldestExperimental, .stable, .experimental].sorted().first == .stable)
    }
}
