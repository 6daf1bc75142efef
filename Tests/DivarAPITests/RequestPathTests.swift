import SeededCases
import DivarAPI
import Messaging
import StrictJSON
import Testing

/// Where requests go, and through which endpoints they may.
@Suite struct RequestPathTests {
    @Test func `an identifier of every allowed character gives a path that leads back to it`() throws {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        let conversation = try #require(ConversationID(letters + "_-.~"))
        let user = try #require(UserID(letters + "_-+/="))
        for endpoint in Catalogue.endpoints where Samples.isSend(endpoint) {
            let toUser = endpoint.operation == .botMessageToUser
            var draft = try Samples.draft(for: endpoint.operation, content: .text("x"))
            draft.target = toUser ? .user(user) : .conversation(conversation)
            let request = try #require(DivarRequest(sending: draft, through: endpoint))
            let identifier = toUser ? user.text : conversation.text
            #expect(endpoint.path.identifier(in: request.path) == identifier)
            #expect(request.path.split(separator: "/").count == endpoint.path.segments.count)
            #expect(request.path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            #expect(!request.path.contains { "?#+=\\".contains($0) })
        }
    }

    @Test(arguments: [
        ("a+b/c==", "a%2Bb%2Fc%3D%3D"), ("/", "%2F"), ("//", "%2F%2F"), ("=", "%3D"), ("+", "%2B"), ("a-_b", "a-_b"),
    ])
    func `a user's id is encoded where it has to be`(_ id: String, _ encoded: String) throws {
        var draft = try Samples.draft(for: .botMessageToUser, content: .text("x"))
        draft.target = .user(try #require(UserID(id)))
        let current = try #require(DivarRequest(sending: draft, through: try Samples.endpoint("v1.bot.user")))
        #expect(current.path == "/v1/open-platform/chat/bot/users/\(encoded)/messages")
        let older = try #require(DivarRequest(sending: draft, through: try Samples.endpoint("experimental.bot.user")))
        #expect(older.path == "/experimental/open-platform/chat/bot/users/\(encoded)/messages")
    }

    @Test func `the identifiers of the longest length fit`() throws {
        let conversation = try #require(ConversationID(String(repeating: "~", count: 128)))
        let reading = try #require(
            DivarRequest(reading: conversation, through: try Samples.endpoint("v1.conversation")))
        #expect(reading.path == "/v1/open-platform/chat/conversations/" + conversation.text)
        var draft = try Samples.draft(for: .botMessageToUser, content: .text("x"))
        draft.target = .user(try #require(UserID(String(repeating: "/", count: 128))))
        let sending = try #require(DivarRequest(sending: draft, through: try Samples.endpoint("v1.bot.user")))
        #expect(sending.path.contains(String(repeating: "%2F", count: 128)))
    }

    @Test func `random identifiers come back from their paths`() throws {
        var random = SplitMix64()
        let letters = "abcXYZ019_-"
        let users = Array(letters + "+/=")
        let conversations = Array(letters + ".~")
        for number in 0..<2_000 {
            let length = 1 + random.below(20)
            let userText = String((0..<length).map { _ in random.element(of: users) })
            let user = try #require(UserID(userText))
            var draft = try Samples.draft(for: .botMessageToUser, content: .text("x"))
            draft.target = .user(user)
            let endpoint = try Samples.endpoint("v1.bot.user")
            let sending = try #require(
                DivarRequest(sending: draft, through: endpoint), "\(replay(number)): \(userText)")
            #expect(endpoint.path.identifier(in: sending.path) == userText, "\(replay(number))")
            let text = String((0..<length).map { _ in random.element(of: conversations) })
            guard let conversation = ConversationID(text) else {
                #expect(text == "." || text == "..", "\(replay(number)): \(text)")
                continue
            }
            let reading = DivarRequest(reading: conversation, through: try Samples.endpoint("v1.conversation"))
            #expect(reading?.path == "/v1/open-platform/chat/conversations/\(text)", "\(replay(number))")
        }
    }

    @Test func `a message goes only through an endpoint for its operation`() throws {
        for operation in Messaging.Operation.allCases where operation.permission == .send {
            let draft = try Samples.draft(for: operation, content: .text("x"))
            for endpoint in Catalogue.endpoints {
                let request = DivarRequest(sending: draft, through: endpoint)
                #expect((request != nil) == (endpoint.operation == operation), "\(endpoint.name)")
                if let request {
                    #expect(request.endpoint == endpoint)
                    #expect(request.body != nil)
                }
            }
        }
    }

    @Test func `reading and uploading go only through their endpoints`() throws {
        let conversation = try #require(ConversationID("c1"))
        for endpoint in Catalogue.endpoints {
            let reading = DivarRequest(reading: conversation, through: endpoint)
            #expect((reading != nil) == (endpoint.operation == .readConversation), "\(endpoint.name)")
            let uploading = DivarRequest(creatingUploadTokenThrough: endpoint)
            #expect((uploading != nil) == (endpoint.operation == .createUploadToken), "\(endpoint.name)")
            #expect(reading.map { $0.body == nil } ?? true)
            #expect(uploading.map { $0.body == Array("{}".utf8) } ?? true)
        }
        let upload = DivarRequest(creatingUploadTokenThrough: try Samples.endpoint("experimental.upload"))
        #expect(upload?.path == "/experimental/open-platform/chat/upload")
    }
}
