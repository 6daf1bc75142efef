internal import AuditReport
private import Messaging
internal import StrictJSON

/// A message's life as the admin API gives it.
enum StoryJSON {
    static func value(of story: MessageStory) -> JSONValue {
        var members: [JSONMember] = []
        if let message = story.message { members.append(JSONMember("message", .string(message.description))) }
        if let content = story.content {
            members.append(JSONMember("content", .string(content)))
            members.append(JSONMember("content_kept", .bool(story.isContentKept)))
        }
        members.append(JSONMember("complete", .bool(story.isComplete)))
        members.append(JSONMember("records", .array(story.chapters.map(value))))
        return .object(members)
    }

    private static func value(of chapter: StoryChapter) -> JSONValue {
        .object([
            JSONMember("number", .number(String(chapter.record.number))),
            JSONMember("record", .object(chapter.record.members)),
            JSONMember("leaf", .string(chapter.leaf)), JSONMember("link", .string(chapter.link)),
            JSONMember("checkpoint", .string(chapter.coverage)),
        ])
    }
}
