package import Messaging
private import StrictJSON

/// What an answer from Divar means, once read.
package enum DivarAnswer: Sendable, Equatable {
    /// Divar took the message; the conversation where it says which.
    case sent(conversation: String?)
    case conversation(Conversation)
    /// The conversation is as it was when the validators in the request were given out (RFC 9110 section 15.4.5).
    case notModified
    case uploadToken(Secret)
    /// Divar's own error: a google.rpc.Status under an error status.
    case refused(DivarComplaint)
    /// Anything else: HTML of an edge, an empty body, JSON of another shape, a redirect.
    case unintelligible(status: Int, reason: String)

    /// Reads an answer's status and whole body. The media type is not asked: Divar's edge sends HTML under any.
    ///
    /// - Parameters:
    ///   - isConditional: whether the request carried validators.
    ///   - redaction: applied to everything that is kept of the answer.
    package init(
        status: Int,
        body: [UInt8],
        to endpoint: Endpoint,
        isConditional: Bool = false,
        redacting redaction: Redaction = Redaction()
    ) {
        if status == 304, isConditional {
            self = .notModified
            return
        }
        guard !body.isEmpty else {
            self = .unintelligible(status: status, reason: "the body is empty")
            return
        }
        let value: JSONValue
        do {
            value = redaction.applied(to: try JSONParser.parse(body))
        } catch {
            // The reason is ours, not the body's: what an edge page says must not reach a caller.
            self = .unintelligible(status: status, reason: "the body is not JSON")
            return
        }
        guard !value.hasRepeatedMembers else {
            self = .unintelligible(status: status, reason: "the body has a member twice")
            return
        }
        self =
            switch status {
            case 200...299: DivarAnswer(success: value, status: status, form: endpoint.answer)
            case 400...599: DivarAnswer(error: value, status: status)
            default: .unintelligible(status: status, reason: "the status is neither a success nor an error")
            }
    }

    private init(error value: JSONValue, status: Int) {
        guard let code = value["code"]?.integerValue, (1...16).contains(code) else {
            self = .unintelligible(status: status, reason: "the error has no gRPC code")
            return
        }
        self = .refused(DivarComplaint(status: status, code: code, message: value["message"]?.stringValue))
    }

    private init(success value: JSONValue, status: Int, form: AnswerForm) {
        switch form {
        case .sentConversation:
            guard let conversation = value["conversation_id"]?.stringValue, !conversation.isEmpty else {
                self = .unintelligible(status: status, reason: "the answer names no conversation")
                return
            }
            self = .sent(conversation: conversation)
        case .sentStatus:
            self = DivarAnswer.sentStatus(value, status: status)
        case .uploadToken:
            guard let token = value["token"]?.stringValue, !token.isEmpty else {
                self = .unintelligible(status: status, reason: "the answer has no token")
                return
            }
            self = .uploadToken(Secret(token))
        case .conversation:
            guard let conversation = ConversationReader.conversation(value) else {
                self = .unintelligible(status: status, reason: "the answer is no conversation")
                return
            }
            self = .conversation(conversation)
        }
    }

    /// `status` repeats the HTTP status in Divar's examples. One that says failure under a 200 is no success, and
    /// nothing tells what it is: so it stays unknown.
    private static func sentStatus(_ value: JSONValue, status: Int) -> DivarAnswer {
        let inner = value["status"]
        let message = value["message"]
        guard inner != nil || message != nil, message == nil || message?.stringValue != nil else {
            return .unintelligible(status: status, reason: "the answer has neither status nor message")
        }
        // An error of Divar's has a message too.
        guard inner != nil || value["code"] == nil else {
            return .unintelligible(status: status, reason: "the answer is an error")
        }
        if let inner {
            guard let number = inner.integerValue, number == 0 || (200...299).contains(number) else {
                return .unintelligible(status: status, reason: "the answer's own status is no success")
            }
        }
        return .sent(conversation: nil)
    }
}
