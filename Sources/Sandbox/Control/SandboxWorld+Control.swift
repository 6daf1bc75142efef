internal import DivarAPI
internal import HTTPWire
internal import StrictJSON

/// The control endpoint: looks into the world, and changes it.
extension SandboxWorld {
    mutating func control(_ request: SandboxRequest, at now: SandboxTime) -> SandboxReply {
        do throws(RPCStatus) {
            let (action, identifier) = try ControlRoute.call(request.head)
            if action == .refuseConnections {
                let milliseconds = try ControlBody(request).refusalMilliseconds()
                return .refuseConnections(milliseconds: milliseconds, answering: Response(json: .object([])))
            }
            return .respond(Response(json: try perform(action, identifier, request, at: now)))
        } catch {
            return .respond(error.response)
        }
    }

    private mutating func perform(
        _ action: ControlAction,
        _ identifier: String,
        _ request: SandboxRequest,
        at now: SandboxTime
    ) throws(RPCStatus) -> JSONValue {
        if action != .showLedger, let query = request.head.query, !query.isEmpty {
            throw RPCStatus(.invalidArgument, "this call takes no query")
        }
        switch action {
        case .index, .showLedger, .showRequests, .showFaults:
            return try show(action, request)
        case .addFault, .addKey, .addToken, .addConversation, .say, .block:
            return try add(action, identifier, request, at: now)
        case .removeFaults, .removeFault, .removeKey, .removeToken, .unblock:
            try remove(action, identifier, request)
        case .setLimits, .setContract, .setMedia, .setOAuth, .refuseConnections, .reset:
            try set(action, request, at: now)
        }
        return .object([])
    }

    private func show(_ action: ControlAction, _ request: SandboxRequest) throws(RPCStatus) -> JSONValue {
        switch action {
        case .showLedger: try ledgerJSON(query: request.head.query)
        case .showRequests: requests.json
        case .showFaults: .object([JSONMember("faults", faults.json)])
        default: index
        }
    }

    private mutating func add(
        _ action: ControlAction,
        _ identifier: String,
        _ request: SandboxRequest,
        at now: SandboxTime
    ) throws(RPCStatus) -> JSONValue {
        let body = ControlBody(request)
        switch action {
        case .addFault:
            let fault = try body.value(Fault.self)
            try requireRoom(faults.count, SandboxLimits.faults, "faults")
            return .object([JSONMember("id", .number(String(faults.add(fault))))])
        case .addKey:
            let key = try body.value(SandboxKey.self)
            if keys[key.key] == nil { try requireRoom(keys.count, SandboxLimits.keys, "keys") }
            keys[key.key] = key
        case .addToken:
            let token = try body.value(SandboxToken.self)
            if tokens[token.token] == nil { try requireRoom(tokens.count, SandboxLimits.tokens, "tokens") }
            issue(token, at: now)
        case .addConversation:
            let conversation = try body.value(ScriptedConversation.self)
            guard conversations[conversation.id] == nil else {
                throw RPCStatus(.alreadyExists, "there is a conversation with this id")
            }
            begin(conversation, at: now)
        case .say:
            let text = try body.value(BuyersText.self)
            guard conversations[identifier] != nil else { throw unknownConversation }
            return .object([JSONMember("message_id", .string(hear(text, in: identifier, at: now)))])
        default:
            let recipient = try body.value(Recipient.self)
            try requireRoom(blocked.count, SandboxLimits.blockedRecipients, "blocked recipients")
            blocked.insert(recipient)
        }
        return .object([])
    }

    private mutating func remove(
        _ action: ControlAction,
        _ identifier: String,
        _ request: SandboxRequest
    ) throws(RPCStatus) {
        switch action {
        case .removeFaults:
            faults.removeAll()
        case .removeFault:
            guard let id = Int(identifier), faults.remove(id: id) else {
                throw RPCStatus(.notFound, "fault not found")
            }
        case .removeKey:
            guard keys.removeValue(forKey: identifier) != nil else { throw RPCStatus(.notFound, "key not found") }
        case .removeToken:
            let refreshToken = refreshTokens.removeValue(forKey: identifier)
            guard tokens.removeValue(forKey: identifier) != nil || refreshToken != nil else {
                throw RPCStatus(.notFound, "token not found")
            }
        default:
            if request.body.isEmpty {
                blocked = []
            } else if blocked.remove(try ControlBody(request).value(Recipient.self)) == nil {
                throw RPCStatus(.notFound, "recipient is not blocked")
            }
        }
    }

    private mutating func set(
        _ action: ControlAction,
        _ request: SandboxRequest,
        at now: SandboxTime
    ) throws(RPCStatus) {
        let body = ControlBody(request)
        switch action {
        case .setLimits:
            meter = UsageMeter(limits: try body.value(UsageLimits.self))
        case .setContract:
            contract = try body.contract()
        case .setOAuth:
            oauth = try body.value(OAuthRules.self)
        case .setMedia:
            let (returns, accepts) = try body.media()
            returnsMedia = returns ?? returnsMedia
            acceptsAnyMedia = accepts ?? acceptsAnyMedia
        default:
            try body.requireEmpty()
            self = SandboxWorld(script: script, epoch: epoch + 1, at: now)
        }
    }

    private func requireRoom(_ count: Int, _ limit: Int, _ things: String) throws(RPCStatus) {
        guard count < limit else { throw RPCStatus(.invalidArgument, "there are \(limit) \(things) already") }
    }

    private func ledgerJSON(query: String?) throws(RPCStatus) -> JSONValue {
        var after = 0
        if let query, !query.isEmpty {
            guard query.hasPrefix("after="), let number = Int(query.dropFirst("after=".count)), number >= 0 else {
                throw RPCStatus(.invalidArgument, "the query can only be after=SEQ")
            }
            after = number
        }
        let first = max(after, ledger.first)
        let entries = ledger.elements(from: first).enumerated().map { $1.json(number: first + $0) }
        return .object([
            JSONMember("accepted", .number(String(ledger.total))),
            JSONMember("forgotten", .number(String(ledger.first))),
            JSONMember("entries", .array(entries)),
        ])
    }

    private var index: JSONValue {
        let calls = ControlAction.allCases.map { action in
            let call = action.call
            var members = [JSONMember("call", .string("\(call.method) \(call.path)"))]
            if let body = call.body { members.append(JSONMember("body", .string(body))) }
            members.append(JSONMember("does", .string(call.summary)))
            return JSONValue.object(members)
        }
        return .object([
            JSONMember("simulates", .string("Divar's chat API")),
            JSONMember("contract", .string(contract.rawValue)),
            JSONMember("calls", .array(calls)),
        ])
    }
}
