import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct ConversationTests {
    @Test func `a newcomer finds a conversation that a buyer has begun`() throws {
        var bench = try SandboxBench()
        let answer = try bench.get(SandboxBench.readPath, token: "sandbox-user-token")
        #expect(answer.status == 200)
        #expect(
            answer.json["conversation"]
                == .object([
                    JSONMember("id", .string("sandbox-conversation")), JSONMember("type", .string("POST")),
                    JSONMember("post_token", .string("SaNdBox1")),
                ]))
        let messages = try #require(answer.json["messages"]?.arrayValue)
        let message = try #require(messages.first)
        #expect(messages.count == 1)
        #expect(message["type"]?.stringValue == "TEXT")
        #expect(message["text"]?.stringValue == "سلام، این آگهی هنوز موجود است؟")
        #expect(message["sender"]?["side"]?.stringValue == "BUYER")
        #expect(message["sender"]?["type"]?.stringValue == "HUMAN")
        #expect(message["conversation"] == answer.json["conversation"])
        #expect(message["sent_at"]?.stringValue.map(Timestamp.isRFC3339) == true)
        #expect(message["id"]?.stringValue?.isEmpty == false)
    }

    @Test func `messages of all senders are read back, oldest first`() throws {
        var bench = try SandboxBench()
        #expect(try bench.send("from the bot").status == 200)
        bench.pass(seconds: 1)
        let asUser = try bench.post(
            SandboxBench.asUserPath, #"{"message":"from the user"}"#, token: "sandbox-user-token")
        #expect(asUser.status == 200)
        #expect(asUser.json["status"]?.integerValue == 200)
        #expect(asUser.message != nil)
        bench.pass(seconds: 1)
        let said = try bench.control(
            "POST", "/conversations/sandbox-conversation/messages", #"{"text":"from the buyer"}"#)
        #expect(said.status == 200)
        let answer = try bench.get(SandboxBench.readPath, token: "sandbox-user-token")
        let messages = try #require(answer.json["messages"]?.arrayValue).dropFirst()
        #expect(messages.compactMap { $0["text"]?.stringValue } == ["from the bot", "from the user", "from the buyer"])
        let senders = messages.map {
            "\($0["sender"]?["side"]?.stringValue ?? "") \($0["sender"]?["type"]?.stringValue ?? "")"
        }
        #expect(senders == ["SELLER BOT", "SELLER HUMAN", "BUYER HUMAN"])
        let times = messages.compactMap { $0["sent_at"]?.stringValue }
        #expect(times == times.sorted() && Set(times).count == 3)
    }

    @Test func `a bot can't begin a conversation, a user can`() throws {
        var bench = try SandboxBench()
        let unknown = "/v1/open-platform/chat/bot/conversations/new/messages"
        let refused = try bench.post(unknown, SandboxBench.text)
        #expect(refused.status == 404)
        #expect(refused.code == 5)
        #expect(refused.message == "conversation not found")
        let asUser = "/v2/open-platform/conversations/new/messages"
        #expect(try bench.post(asUser, #"{"message":"first"}"#, token: "sandbox-user-token").status == 200)
        #expect(try bench.post(unknown, SandboxBench.text).status == 200)
        #expect(try bench.texts(in: "new") == ["first", "hello"])
    }

    @Test func `a conversation that can't exist is neither read nor begun`() throws {
        var bench = try SandboxBench()
        let long = String(repeating: "x", count: 129)
        let read = try bench.get("/v1/open-platform/chat/conversations/\(long)", token: "sandbox-user-token")
        #expect(read.status == 404)
        let sent = try bench.post(
            "/v2/open-platform/conversations/\(long)/messages", #"{"message":"x"}"#, token: "sandbox-user-token")
        #expect(sent.status == 400)
        #expect(sent.code == 3)
    }

    @Test func `a user has one conversation with each app's bot`() throws {
        var bench = try SandboxBench(
            #"{"keys":[{"key":"a","app":"one"},{"key":"b","app":"one"},{"key":"c","app":"two"}]}"#)
        func send(_ key: String, _ user: String) throws -> String {
            bench.key = key
            let answer = try bench.post(
                "/v1/open-platform/chat/bot/users/\(user)/messages", SandboxBench.text, token: "sandbox-user-token")
            #expect(answer.status == 200)
            return try #require(answer.json["conversation_id"]?.stringValue)
        }
        let first = try send("a", "u%2F1%3D%3D")
        #expect(try send("b", "u%2F1%3D%3D") == first)
        #expect(try send("c", "u%2F1%3D%3D") != first)
        #expect(try send("a", "u2") != first)
        #expect(try bench.texts(in: first) == ["hello", "hello"])
        let read = try bench.get("/v1/open-platform/chat/conversations/\(first)", token: "sandbox-user-token")
        #expect(read.json["conversation"]?["type"]?.stringValue == "BOT")
        #expect(try bench.ledger().first?["user_id"]?.stringValue == "u/1==")
    }

    @Test func `media are remembered, and returned only where that is wanted`() throws {
        var bench = try SandboxBench()
        let sent = try bench.post(SandboxBench.conversationPath, #"{"text_message":"","media_token":"m1"}"#)
        #expect(sent.status == 200)
        #expect(try bench.texts().count == 1)
        #expect(try bench.ledger().last?["media_token"]?.stringValue == "m1")
        #expect(try bench.control("POST", "/media", #"{"return_media":true}"#).status == 200)
        let answer = try bench.get(SandboxBench.readPath, token: "sandbox-user-token")
        let image = try #require(answer.json["messages"]?.arrayValue?.last)
        #expect(image["type"]?.stringValue == "IMAGE")
        #expect(image["text"]?.stringValue == "")
        #expect(image["image_data"]?["size_bytes"]?.stringValue == "0")
    }

    @Test func `the oldest messages go`() throws {
        var conversation = SimulatedConversation(id: "c", kind: .post)
        for number in 0...SandboxLimits.messagesInConversation {
            conversation.append(
                SimulatedMessage(
                    id: String(number), content: .text("x"), sentAt: SandboxTime(microsecondsSince1970: 0),
                    side: .buyer, sender: .human))
        }
        #expect(conversation.messages.count == SandboxLimits.messagesInConversation)
        #expect(conversation.messages.elements().first?.id == "1")
    }

    @Test func `the oldest conversation goes, and its user gets a new one`() {
        var book = ConversationBook()
        let owner = BotOwner(app: "a", user: "u")
        book.add(SimulatedConversation(id: "bot", kind: .bot, owner: owner))
        for number in 1..<SandboxLimits.conversations {
            book.add(SimulatedConversation(id: String(number), kind: .post))
        }
        #expect(book.count == SandboxLimits.conversations)
        #expect(book.botConversation(of: owner)?.id == "bot")
        book.add(SimulatedConversation(id: "last", kind: .post))
        #expect(book.count == SandboxLimits.conversations)
        #expect(book["bot"] == nil)
        #expect(book.botConversation(of: owner) == nil)
        #expect(book["1"] != nil)
    }

    @Test func `a log keeps the last elements under their numbers`() {
        var log = BoundedLog<String>(capacity: 3)
        #expect(log.elements().isEmpty)
        for letter in ["a", "b", "c"] { #expect(log.append(letter) == nil) }
        #expect(log.append("d") == "a")
        #expect(log.elements() == ["b", "c", "d"])
        #expect(log.elements(from: 2) == ["c", "d"])
        #expect(log.elements(from: 4).isEmpty)
        #expect(log.first == 1 && log.total == 4 && log.count == 3)
        log.change(0) { $0 = "x" }
        log.change(3) { $0 = "y" }
        log.change(4) { $0 = "x" }
        #expect(log.elements() == ["b", "c", "y"])
    }
}
