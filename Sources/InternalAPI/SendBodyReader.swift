internal import Messaging
internal import StrictJSON

/// Reads the body of `POST /send`: everything that is wrong with it is found in one go and named by its place.
struct SendBodyReader {
    private let limits: MessageLimits
    private var violations = ViolationList()

    /// - Parameter hasUserToken: decides what `as` is when the body doesn't say.
    static func body(
        from body: [UInt8],
        hasUserToken: Bool,
        limits: MessageLimits
    ) throws(Problem) -> SendBody {
        let value: JSONValue
        do {
            value = try JSONParser.parse(body, maximumDepth: MessageLimits.bodyDepth)
        } catch {
            throw problem([Violation(pointer: "", detail: "not a JSON text: \(error)")])
        }
        var reader = SendBodyReader(limits: limits)
        let draft = reader.draft(value, hasUserToken: hasUserToken)
        let expires = reader.expires(value["expires_at"])
        guard let draft, reader.violations.isEmpty else { throw problem(reader.violations.reported) }
        return SendBody(draft: draft, expires: expires)
    }

    private init(limits: MessageLimits) {
        self.limits = limits
    }

    private static func problem(_ violations: [Violation]) -> Problem {
        Problem(.invalidRequest, detail: "The body is not a message that can be sent.", violations: violations)
    }

    private mutating func draft(_ value: JSONValue, hasUserToken: Bool) -> MessageDraft? {
        guard case .object = value else {
            violations.add(JSONPointer(), "must be an object, not \(value.kindName)")
            return nil
        }
        for pointer in value.repeatedMembers() { violations.add(pointer, "appears more than once") }
        let object = MemberReader(
            value, at: JSONPointer(),
            knowing: [
                "conversation_id", "user_id", "text", "media_token", "as", "buttons", "sender_buttons", "expires_at",
            ],
            violations: &violations
        )
        let target = target(object)
        let content = content(object)
        let sender = sender(object, target: target, hasUserToken: hasUserToken)
        var grids = ButtonGridReader()
        let buttons = grids.grid(object["buttons"], at: JSONPointer("buttons"))
        let senderButtons = grids.grid(object["sender_buttons"], at: JSONPointer("sender_buttons"))
        violations.append(grids.violations)
        if sender == .bot, object["sender_buttons"] != nil {
            violations.add(JSONPointer("sender_buttons"), "is only for messages sent as a user (\"as\": \"user\")")
        }
        guard let target, let content, let sender else { return nil }
        return MessageDraft(
            target: target,
            sender: sender,
            content: content,
            buttons: buttons,
            senderButtons: senderButtons
        )
    }

    private mutating func expires(_ value: JSONValue?) -> Int64? {
        guard let value, value != .null,
            let text = violations.string(value, at: JSONPointer("expires_at"))
        else { return nil }
        guard let time = RFC3339Time.unixMicroseconds(text) else {
            violations.add(JSONPointer("expires_at"), "must be a time such as 2026-11-22T08:00:00+03:30 (RFC 3339)")
            return nil
        }
        return time
    }

    private mutating func target(_ object: MemberReader) -> MessageTarget? {
        switch (object["conversation_id"], object["user_id"]) {
        case (nil, nil):
            violations.add(
                JSONPointer(), "exactly one of conversation_id and user_id is required, and there is neither")
            return nil
        case (.some, .some):
            violations.add(JSONPointer(), "exactly one of conversation_id and user_id is required, and there are both")
            return nil
        case (let value?, nil):
            guard let text = violations.string(value, at: JSONPointer("conversation_id")) else { return nil }
            guard let id = ConversationID(text) else {
                violations.add(
                    JSONPointer("conversation_id"),
                    "must be 1 to \(ConversationID.maximumLength) characters of A-Z a-z 0-9 _ - . ~ and neither . nor .. by itself"
                )
                return nil
            }
            return .conversation(id)
        case (nil, let value?):
            guard let text = violations.string(value, at: JSONPointer("user_id")) else { return nil }
            guard let id = UserID(text) else {
                violations.add(
                    JSONPointer("user_id"), "must be 1 to \(UserID.maximumLength) characters of A-Z a-z 0-9 _ - + / ="
                )
                return nil
            }
            return .user(id)
        }
    }

    private mutating func content(_ object: MemberReader) -> MessageContent? {
        switch (object["text"], object["media_token"]) {
        case (nil, nil):
            violations.add(JSONPointer(), "exactly one of text and media_token is required, and there is neither")
            return nil
        case (.some, .some):
            violations.add(JSONPointer(), "exactly one of text and media_token is required, and there are both")
            return nil
        case (let value?, nil):
            guard let text = violations.string(value, at: JSONPointer("text")) else { return nil }
            let length = text.unicodeScalars.count
            guard length > 0 else {
                violations.add(JSONPointer("text"), "must not be empty")
                return nil
            }
            guard length <= limits.textCharacters else {
                violations.add(
                    JSONPointer("text"), "must have at most \(limits.textCharacters) characters, and has \(length)"
                )
                return nil
            }
            return .text(text)
        case (nil, let value?):
            guard let text = violations.string(value, at: JSONPointer("media_token")) else { return nil }
            guard let token = MediaToken(text) else {
                violations.add(JSONPointer("media_token"), "must be 1 to 512 visible ASCII characters")
                return nil
            }
            return .media(token)
        }
    }

    private mutating func sender(
        _ object: MemberReader,
        target: MessageTarget?,
        hasUserToken: Bool
    ) -> MessageSender? {
        var targetIsUser = false
        if case .user = target { targetIsUser = true }
        guard let value = object["as"] else {
            return hasUserToken && !targetIsUser ? .user : .bot
        }
        guard let sender = value.stringValue.flatMap(MessageSender.init) else {
            violations.add(JSONPointer("as"), "must be \"bot\" or \"user\"")
            return nil
        }
        if sender == .user, targetIsUser {
            violations.add(JSONPointer("as"), "a message to a user_id can only be sent as the bot")
        }
        return sender
    }
}
