import DivarAPI
import Messaging
import StrictJSON
import Testing

/// Divar's conversation in our shape.
@Suite struct ConversationTests {
    private func read(_ body: String) throws -> Conversation? {
        let endpoint = try Samples.endpoint("v1.conversation")
        guard case .conversation(let found) = DivarAnswer(status: 200, body: Array(body.utf8), to: endpoint) else {
            return nil
        }
        return found
    }

    private func sentAt(_ value: String) throws -> JSONValue? {
        let body = #"{"conversation":{"id":"c"},"messages":[{"id":"1","sent_at":\#(value),"text":"x"}]}"#
        return try #require(try read(body)).messages.first?["sent_at"]
    }

    @Test func `a conversation keeps its id, type, post and messages in their order`() throws {
        let body = """
            {"conversation":{"id":"c-1","type":"POST","post_token":"AJIEWcw"},"messages":[
            {"id":"1","type":"TEXT","text":"سلام","sent_at":"2026-08-01T10:00:00Z",
            "sender":{"side":"BUYER","type":"HUMAN"}},
            {"id":"2","type":"TEXT","text":"می‌خواهم","sent_at":"2026-08-01T10:00:01.5+03:30",
            "sender":{"side":"SELLER","type":"BOT"}}
            ]}
            """
        let conversation = try #require(try read(body))
        #expect(conversation.id == "c-1")
        #expect(conversation.type == "POST")
        #expect(conversation.postToken == "AJIEWcw")
        #expect(conversation.messages.map { $0["id"]?.stringValue } == ["1", "2"])
        #expect(conversation.messages.map { $0["text"]?.stringValue } == ["سلام", "می‌خواهم"])
        #expect(conversation.messages[1]["sender"]?["side"] == .string("SELLER"))
    }

    @Test func `members that nobody knows stay where they were`() throws {
        let message =
            #"{"zzz":[1,{"a":null}],"id":"1","image_data":{"size_bytes":"18446744073709551615"},"n":1.50,"id2":"x"}"#
        let body = #"{"new":1,"conversation":{"id":"c","new":2},"messages":[\#(message)]}"#
        let conversation = try #require(try read(body))
        #expect(conversation.messages.map(JSONWriter.string) == [message])
        #expect(conversation.type == nil)
        #expect(conversation.postToken == nil)
    }

    @Test func `a kind of conversation that is new to us is passed on`() throws {
        #expect(try read(#"{"conversation":{"id":"c","type":"GROUP"},"messages":[]}"#)?.type == "GROUP")
        #expect(try read(#"{"conversation":{"id":"c","type":7,"post_token":null},"messages":[]}"#)?.type == nil)
    }

    @Test(arguments: [
        "{}", #"{"conversation":{"id":"c"}}"#, #"{"messages":[]}"#, #"{"conversation":{},"messages":[]}"#,
        #"{"conversation":{"id":""},"messages":[]}"#, #"{"conversation":{"id":1},"messages":[]}"#,
        #"{"conversation":"c","messages":[]}"#, #"{"conversation":null,"messages":[]}"#,
        #"{"conversation":{"id":"c"},"messages":null}"#, #"{"conversation":{"id":"c"},"messages":{}}"#,
        #"{"conversation":{"id":"c"},"messages":[1]}"#, #"{"conversation":{"id":"c"},"messages":[{},null]}"#,
        #"{"conversation":{"id":"c"},"messages":[[]]}"#, #"{"conversation":[{"id":"c"}],"messages":[]}"#,
        #"{"conversation_id":"c"}"#, #"{"status":200,"message":"ok"}"#,
    ])
    func `what lacks a part of a conversation is none`(_ body: String) throws {
        #expect(try read(body) == nil)
    }

    @Test(arguments: [
        "2026-08-01T10:00:00Z", "2026-08-01T10:00:00.123456Z", "2026-08-01T10:00:00+03:30", "2026-08-01t10:00:00z",
        "1970-01-01T00:00:00Z", "2026-08-01T23:59:60Z",
    ])
    func `a time that RFC 3339 has is passed on as it came`(_ time: String) throws {
        #expect(try sentAt("\"\(time)\"") == .string(time))
    }

    @Test(arguments: [
        ("1785578400000000", "2026-08-01T10:00:00Z"), ("0", "1970-01-01T00:00:00Z"),
        ("1", "1970-01-01T00:00:00.000001Z"), ("1785578400123456", "2026-08-01T10:00:00.123456Z"),
        ("253402300799999999", "9999-12-31T23:59:59.999999Z"),
    ])
    func `microseconds become RFC 3339, as a number and as a string of digits`(_ digits: String, _ time: String) throws
    {
        #expect(try sentAt(digits) == .string(time))
        #expect(try sentAt("\"\(digits)\"") == .string(time))
    }

    @Test(arguments: [
        "null", "true", "{}", "[]", "-0", "-1", "1.5", "253402300800000000", "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999", "\"\"", "\" \"", "\"yesterday\"", "\"-1\"", "\"+1\"", "\"1e3\"", "\"1.5\"", "\"0x10\"",
        "\" 1\"",
        "\"۱۲۳\"", "\"2026-08-01\"", "\"2026-08-01 10:00:00Z\"", "\"2026-08-01T10:00:00\"", "\"2026-13-01T10:00:00Z\"",
        "{\"seconds\":1}", "[1785578400000000]",
    ])
    func `a time that nobody can read is none`(_ value: String) throws {
        #expect(try sentAt(value) == .null)
    }

    @Test func `only the message's own time is touched`() throws {
        let message = #"{"id":"1","meta":{"sent_at":5},"Sent_at":5,"sent_at ":5,"text":"sent_at"}"#
        let conversation = try #require(try read(#"{"conversation":{"id":"c"},"messages":[\#(message)]}"#))
        #expect(conversation.messages.map(JSONWriter.string) == [message])
    }
}
