package import Messaging
private import StrictJSON

/// What a caller was told of a send, kept for whoever asks again with the same idempotency key.
package enum StoredAnswer {
    /// - Parameter draft: what was to be sent, of which nothing may be kept in Divar's words either.
    package static func bytes(_ result: Result<SendReceipt, Problem>, to draft: MessageDraft) -> [UInt8] {
        switch result {
        case .success(let receipt):
            return JSONWriter.bytes(.object(members(receipt)))
        case .failure(var problem):
            if let words = problem.divar?.message, EchoRule.repeats(draft, in: words) { problem.divar?.message = nil }
            return JSONWriter.bytes(.object(members(problem)))
        }
    }

    /// Nil where the bytes are not those of an answer.
    package static func result(_ bytes: [UInt8], of message: MessageID) -> Result<SendReceipt, Problem>? {
        guard let value = try? JSONParser.parse(bytes) else { return nil }
        guard let name = value["problem"]?.stringValue else {
            guard let endpoint = value["endpoint"]?.stringValue, let attempts = value["attempts"]?.integerValue else {
                return nil
            }
            return .success(
                SendReceipt(
                    messageID: message,
                    conversation: value["conversation"]?.stringValue,
                    endpoint: EndpointName(endpoint),
                    attempts: attempts
                )
            )
        }
        guard let kind = ProblemKind(rawValue: name), let detail = value["detail"]?.stringValue else { return nil }
        var problem = Problem(kind, detail: detail)
        problem.outcome = value["outcome"]?.stringValue.flatMap(Outcome.init(rawValue:))
        problem.endpoint = value["endpoint"]?.stringValue.map { EndpointName($0) }
        problem.attempts = value["attempts"]?.integerValue
        problem.messageID = message
        if let status = value["status"]?.integerValue {
            problem.divar = DivarComplaint(
                status: status, code: value["code"]?.integerValue, message: value["message"]?.stringValue
            )
        }
        return .failure(problem)
    }

    private static func members(_ receipt: SendReceipt) -> [JSONMember] {
        [
            JSONMember("conversation", receipt.conversation.map(JSONValue.string) ?? .null),
            JSONMember("endpoint", .string(receipt.endpoint.text)),
            JSONMember("attempts", .number(String(receipt.attempts))),
        ]
    }

    /// `Retry-After` is left out: it was about the moment.
    private static func members(_ problem: Problem) -> [JSONMember] {
        var members = [
            JSONMember("problem", .string(problem.kind.rawValue)), JSONMember("detail", .string(problem.detail)),
        ]
        func add(_ name: String, _ text: String?) {
            if let text { members.append(JSONMember(name, .string(text))) }
        }
        func add(_ name: String, _ number: Int?) {
            if let number { members.append(JSONMember(name, .number(String(number)))) }
        }
        add("outcome", problem.outcome?.rawValue)
        add("endpoint", problem.endpoint?.text)
        add("attempts", problem.attempts)
        add("status", problem.divar?.status)
        add("code", problem.divar?.code)
        add("message", problem.divar?.message)
        return members
    }
}
