internal import Messaging
internal import StrictJSON

/// Turns Divar's conversation into ours.
enum ConversationReader {
    /// Nil where the value lacks what Divar's contract requires of a conversation.
    static func conversation(_ value: JSONValue) -> Conversation? {
        guard let head = value["conversation"], let id = head["id"]?.stringValue, !id.isEmpty,
            let messages = value["messages"]?.arrayValue
        else { return nil }
        var readable: [JSONValue] = []
        for message in messages {
            guard case .object(let members) = message else { return nil }
            readable.append(.object(members.map(withStableTime)))
        }
        return Conversation(
            id: id,
            type: head["type"]?.stringValue,
            postToken: head["post_token"]?.stringValue,
            messages: readable
        )
    }

    /// Divar writes `sent_at` as RFC 3339 here and as integer microseconds in its webhooks; callers see the former.
    /// What is neither becomes null: a time that nobody can read is no time.
    private static func withStableTime(_ member: JSONMember) -> JSONMember {
        guard member.name == "sent_at" else { return member }
        let text: String? =
            switch member.value {
            case .string(let text) where Timestamp.isRFC3339(text): text
            case .string(let digits), .number(let digits):
                microseconds(digits).flatMap(Timestamp.rfc3339(microseconds:))
            default: nil
            }
        return JSONMember(member.name, text.map(JSONValue.string) ?? .null)
    }

    /// Digits and nothing else: `Int64` alone would take a sign too.
    private static func microseconds(_ text: String) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
