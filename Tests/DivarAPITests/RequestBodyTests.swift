import SeededCases
import DivarAPI
import Messaging
import StrictJSON
import Testing

/// Messages in the words of Divar's bodies.
@Suite struct RequestBodyTests {
    private func body(_ draft: MessageDraft, through name: String) throws -> String {
        let request = try #require(DivarRequest(sending: draft, through: try Samples.endpoint(name)))
        return String(decoding: try #require(request.body), as: UTF8.self)
    }

    @Test(arguments: ["v1.bot.conversation", "experimental.bot.conversation", "experimental.chatbot-conversation"])
    func `a bot's text to a conversation is one member`(_ name: String) throws {
        let draft = try Samples.draft(for: .botMessageToConversation, content: .text("سلام"))
        #expect(try body(draft, through: name) == #"{"text_message":"سلام"}"#)
    }

    @Test(arguments: ["v1.bot.user", "experimental.bot.user"])
    func `a bot's text to a user is one member`(_ name: String) throws {
        let draft = try Samples.draft(for: .botMessageToUser, content: .text("سلام"))
        #expect(try body(draft, through: name) == #"{"text_message":"سلام"}"#)
    }

    @Test func `a user's text is one member of another name`() throws {
        let draft = try Samples.draft(for: .messageAsUser, content: .text("سلام"))
        #expect(try body(draft, through: "v2.conversation") == #"{"message":"سلام"}"#)
    }

    @Test func `media goes with an empty text`() throws {
        let media = MessageContent.media(try #require(MediaToken("tok")))
        let bot = try Samples.draft(for: .botMessageToConversation, content: media)
        #expect(try body(bot, through: "v1.bot.conversation") == #"{"text_message":"","media_token":"tok"}"#)
        let user = try Samples.draft(for: .messageAsUser, content: media)
        #expect(try body(user, through: "v2.conversation") == #"{"message":"","media_token":"tok"}"#)
    }

    @Test func `a button has its caption, its icon where there is one, and exactly one action`() throws {
        let expected = [
            #"{"open_direct_link":"https://example.com/a?b=c&d=%D8%B3#e"}"#,
            #"{"open_server_link":{"data":{"id":"۱-a","n":12345678901234567890,"nested":{"list":[null,true]}}}}"#,
            #"{"open_server_link":{"data":{}}}"#,
            #"{"get_dynamic_action":{"data":{"id":"۱-a","n":12345678901234567890,"nested":{"list":[null,true]}}}}"#,
            #"{"get_dynamic_action":{"data":{}}}"#,
            #"{"open_post_page":{"post_token":"AJIEWcw"}}"#,
            #"{"open_post_manage_page":{"post_token":"AJIEWcw"}}"#,
        ]
        for (action, text) in zip(try Samples.actions(), expected) {
            var draft = try Samples.draft(for: .botMessageToConversation, content: .text("x"))
            draft.buttons = ButtonGrid(rows: [[Button(caption: "c", action: action)]])
            let buttons = #"{"rows":[{"buttons":[{"caption":"c","action":\#(text)}]}]}"#
            #expect(try body(draft, through: "v1.bot.conversation") == #"{"text_message":"x","buttons":\#(buttons)}"#)
            draft.buttons = ButtonGrid(rows: [[Button(caption: "c", icon: IconName("ADD"), action: action)]])
            let withIcon = #"{"rows":[{"buttons":[{"caption":"c","icon":"ADD","action":\#(text)}]}]}"#
            #expect(try body(draft, through: "v1.bot.conversation") == #"{"text_message":"x","buttons":\#(withIcon)}"#)
        }
    }

    @Test func `sender and receiver may press different buttons`() throws {
        var draft = try Samples.draft(for: .messageAsUser, content: .text("x"))
        draft.buttons = ButtonGrid(rows: [[Button(caption: "r", action: .openURL("https://r.example"))]])
        func grid(_ caption: String) -> String {
            let action = #"{"open_direct_link":"https://\#(caption).example"}"#
            return #"{"rows":[{"buttons":[{"caption":"\#(caption)","action":\#(action)}]}]}"#
        }
        let receiver = #""receiver_buttons":\#(grid("r"))"#
        let sender = #""sender_buttons":\#(grid("s"))"#
        #expect(try body(draft, through: "v2.conversation") == #"{"message":"x",\#(receiver)}"#)
        draft.senderButtons = ButtonGrid(rows: [[Button(caption: "s", action: .openURL("https://s.example"))]])
        let both = try JSONParser.parse(Array(try body(draft, through: "v2.conversation").utf8))
        #expect(both["sender_buttons"] == (try JSONParser.parse(Array("{\(sender)}".utf8)))["sender_buttons"])
        #expect(both["receiver_buttons"] == (try JSONParser.parse(Array("{\(receiver)}".utf8)))["receiver_buttons"])
        draft.buttons = ButtonGrid()
        #expect(try body(draft, through: "v2.conversation") == #"{"message":"x",\#(sender)}"#)
    }

    @Test func `rows and buttons keep their places`() throws {
        let rows = [["a", "b", "c"], ["d"], ["e", "f"]]
        var draft = try Samples.draft(for: .botMessageToConversation, content: .text("x"))
        draft.buttons = ButtonGrid(
            rows: rows.map { $0.map { Button(caption: $0, action: .openURL("https://x.example")) } }
        )
        let sent = try JSONParser.parse(Array(try body(draft, through: "v1.bot.conversation").utf8))
        let captions = sent["buttons"]?["rows"]?.arrayValue?.map { row in
            row["buttons"]?.arrayValue?.compactMap { $0["caption"]?.stringValue } ?? []
        }
        #expect(captions == rows)
    }

    @Test func `a text reaches the body byte for byte`() throws {
        for endpoint in Catalogue.endpoints where Samples.isSend(endpoint) {
            for text in Samples.texts {
                var draft = try Samples.draft(for: endpoint.operation, content: .text(text))
                draft.buttons = ButtonGrid(rows: [[Button(caption: text, action: .openURL("https://x.example"))]])
                let request = try #require(DivarRequest(sending: draft, through: endpoint))
                let body = try JSONParser.parse(try #require(request.body))
                let isBot = endpoint.body == .botMessage
                let sent = try #require(body[isBot ? "text_message" : "message"]?.stringValue)
                #expect(Array(sent.utf8) == Array(text.utf8))
                let grid = body[isBot ? "buttons" : "receiver_buttons"]
                let caption = grid?["rows"]?.arrayValue?.first?["buttons"]?.arrayValue?.first?["caption"]?.stringValue
                #expect(caption.map { Array($0.utf8) } == Array(text.utf8))
            }
        }
    }

    @Test func `random texts reach the body byte for byte`() throws {
        var random = SplitMix64()
        let endpoint = try Samples.endpoint("v1.bot.conversation")
        for number in 0..<1_000 {
            var text = ""
            for _ in 0..<random.below(30) {
                let scalar = Unicode.Scalar(UInt32(random.below(random.chance(1, in: 2) ? 0x800 : 0x11_0000)))
                if let scalar { text.unicodeScalars.append(scalar) }
            }
            let draft = try Samples.draft(for: .botMessageToConversation, content: .text(text))
            let request = try #require(DivarRequest(sending: draft, through: endpoint))
            let sent = try JSONParser.parse(try #require(request.body))["text_message"]?.stringValue
            #expect(sent.map { Array($0.utf8) } == Array(text.utf8), "\(replay(number))")
        }
    }
}
