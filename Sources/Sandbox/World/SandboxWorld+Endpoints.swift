internal import DivarAPI
internal import HTTPWire
private import Messaging
internal import StrictJSON

/// Divar's own endpoints: who may call, and what each does.
extension SandboxWorld {
    mutating func serve(
        _ endpoint: Endpoint,
        _ identifier: String,
        _ request: SandboxRequest,
        at now: SandboxTime
    ) throws(RPCStatus) -> Response {
        let app = try app(of: request, for: endpoint)
        try authorise(request, for: endpoint, identifier, at: now)
        try meter.count(app, at: now)
        switch endpoint.operation {
        case .botMessageToConversation, .botMessageToUser, .messageAsUser:
            return try send(endpoint, to: identifier, request, app: app, at: now)
        case .createUploadToken:
            _ = try ProtobufJSON.object(request.body)
            let token = newIdentity() + newIdentity()
            media.grant(token, at: now)
            return Response(json: .object([JSONMember("token", .string(token))]))
        case .readConversation:
            guard let conversation = conversations[identifier] else { throw unknownConversation }
            return Response(json: json(of: conversation))
        }
    }

    private func app(of request: SandboxRequest, for endpoint: Endpoint) throws(RPCStatus) -> String {
        guard let given = request.head.fields[.apiKey], let key = keys[given] else {
            throw RPCStatus(.unauthenticated, "the API key is missing or unknown")
        }
        guard key.allows(endpoint.keyPermission) else {
            throw RPCStatus(.permissionDenied, "the API key lacks the permission \(endpoint.keyPermission)")
        }
        return key.app
    }

    private func authorise(
        _ request: SandboxRequest,
        for endpoint: Endpoint,
        _ identifier: String,
        at now: SandboxTime
    ) throws(RPCStatus) {
        guard endpoint.needsUserToken else { return }
        guard let given = request.bearerToken, let token = tokens[given], token.isValid(at: now) else {
            throw RPCStatus(.unauthenticated, "the access token is missing, unknown or expired")
        }
        guard token.hasScope(amongst: scopes(of: endpoint, identifier)) else {
            throw RPCStatus(.permissionDenied, "the access token lacks the scope for this call")
        }
        // Divar's contract: the user in the path is the one who is authenticated.
        if endpoint.operation == .botMessageToUser, !token.allowsEverything, token.user != identifier {
            throw RPCStatus(.permissionDenied, "the access token is another user's")
        }
    }

    /// The scopes of which one is enough, for this conversation. One that names a post is none where there is no post.
    private func scopes(of endpoint: Endpoint, _ identifier: String) -> [String] {
        endpoint.tokenScopes.compactMap { template in
            guard let brace = template.firstIndex(of: "{") else { return template }
            let prefix = template[..<brace]
            switch template[brace...] {
            case "{conversation_id}": return prefix + identifier
            case "{post_token}": return (conversations[identifier]?.postToken).map { prefix + $0 }
            default: return nil
            }
        }
    }

    var unknownConversation: RPCStatus { RPCStatus(.notFound, "conversation not found") }

    // MARK: Sending

    private mutating func send(
        _ endpoint: Endpoint,
        to identifier: String,
        _ request: SandboxRequest,
        app: String,
        at now: SandboxTime
    ) throws(RPCStatus) -> Response {
        let body = try MessageBody(request.body, form: endpoint.body, contract: contract)
        if case .media(let token) = body.content, !acceptsAnyMedia, media[token] == nil {
            throw RPCStatus(.invalidArgument, "media_token is unknown")
        }
        let toUser = endpoint.operation == .botMessageToUser
        let conversation = try target(endpoint, identifier, app: app)
        let sender: SimulatedMessage.Sender = endpoint.operation == .messageAsUser ? .human : .bot
        let message = SimulatedMessage(
            id: newIdentity(), content: body.content, sentAt: now, side: .seller, sender: sender)
        conversations.append(message, to: conversation)
        ledger.append(
            LedgerEntry(
                messageID: message.id, time: now, endpoint: endpoint.name.text, app: app, conversation: conversation,
                user: toUser ? identifier : nil, content: body.content, grids: body.grids, sender: sender,
                traceParent: request.head.fields[.traceparent]
            )
        )
        guard endpoint.answer == .sentStatus else {
            return Response(json: .object([JSONMember("conversation_id", .string(conversation))]))
        }
        return Response(
            json: .object([JSONMember("status", .number("200")), JSONMember("message", .string("message sent"))]))
    }

    /// The conversation that the message goes to, begun where Divar begins one.
    private mutating func target(_ endpoint: Endpoint, _ identifier: String, app: String) throws(RPCStatus) -> String {
        switch endpoint.operation {
        case .botMessageToUser:
            guard UserID(identifier) != nil else { throw RPCStatus(.invalidArgument, "user_id is not valid") }
            guard !blocked.contains(.user(identifier)) else { throw restricted }
            let owner = BotOwner(app: app, user: identifier)
            let existing = conversations.botConversation(of: owner)
            if let existing {
                try requireUnblocked(existing)
                return existing.id
            }
            let begun = SimulatedConversation(id: newIdentity(), kind: .bot, owner: owner)
            conversations.add(begun)
            return begun.id
        case .messageAsUser where conversations[identifier] == nil:
            guard ConversationID(identifier) != nil else {
                throw RPCStatus(.invalidArgument, "conversation_id is not valid")
            }
            let begun = SimulatedConversation(id: identifier, kind: .post)
            try requireUnblocked(begun)
            conversations.add(begun)
            return identifier
        default:
            guard let existing = conversations[identifier] else { throw unknownConversation }
            try requireUnblocked(existing)
            return identifier
        }
    }

    private var restricted: RPCStatus {
        RPCStatus(.failedPrecondition, "message delivery failed due to recipient's restriction")
    }

    private func requireUnblocked(_ conversation: SimulatedConversation) throws(RPCStatus) {
        if blocked.contains(.conversation(conversation.id)) { throw restricted }
        if let user = conversation.owner?.user, blocked.contains(.user(user)) { throw restricted }
    }

    // MARK: Reading

    /// Text alone, as Divar does today, unless media are wanted too.
    private func json(of conversation: SimulatedConversation) -> JSONValue {
        let messages = conversation.messages.elements().compactMap { json(of: $0, in: conversation) }
        return .object([JSONMember("conversation", conversation.json), JSONMember("messages", .array(messages))])
    }

    private func json(of message: SimulatedMessage, in conversation: SimulatedConversation) -> JSONValue? {
        var members = [JSONMember("id", .string(message.id))]
        switch message.content {
        case .text(let text):
            members += [JSONMember("type", .string("TEXT")), JSONMember("text", .string(text))]
        case .media(let token):
            guard returnsMedia else { return nil }
            members += describe(token)
        }
        members += [
            JSONMember("sent_at", .string(message.sentAt.rfc3339)),
            JSONMember(
                "sender",
                .object([
                    JSONMember("side", .string(message.side.rawValue)),
                    JSONMember("type", .string(message.sender.rawValue)),
                ])
            ),
            JSONMember("conversation", conversation.json),
        ]
        return .object(members)
    }

    /// A file whose token came from nowhere is shown as an image of no size.
    private func describe(_ token: String) -> [JSONMember] {
        let file = media[token] ?? StoredMedia(kind: .image, filename: "", bytes: 0)
        var data = [
            JSONMember("link", .string("https://media.invalid/\(PercentEncoding.encoded(token))")),
            // 64 bits, so a string in protobuf's JSON.
            JSONMember("size_bytes", .string(String(file.bytes))),
        ]
        if file.kind == .file { data.append(JSONMember("name", .string(file.filename))) }
        return [
            JSONMember("type", .string(file.kind.messageType)), JSONMember("text", .string("")),
            JSONMember(file.kind.dataMember, .object(data)),
        ]
    }
}
