import DivarAPI
import Messaging
import StrictJSON
import Testing

/// What Divar's answers are taken to mean.
@Suite struct AnswerTests {
    private func answer(_ status: Int, _ body: String, to name: String = "v1.bot.conversation") throws -> DivarAnswer {
        DivarAnswer(status: status, body: Array(body.utf8), to: try Samples.endpoint(name))
    }

    private func isUnintelligible(_ answer: DivarAnswer, status: Int) -> Bool {
        guard case .unintelligible(let found, let reason) = answer else { return false }
        return found == status && !reason.isEmpty
    }

    static let botEndpoints = [
        "v1.bot.conversation", "v1.bot.user", "experimental.chatbot-conversation", "experimental.bot.user",
        "experimental.bot.conversation",
    ]

    /// Which of the two is meant, nobody knows.
    @Test(arguments: [
        (200, #"{"status":200,"status":500}"#, "v2.conversation"),
        (200, #"{"conversation_id":"a","conversation_id":"b"}"#, "v1.bot.conversation"),
        (400, #"{"code":3,"code":13}"#, "v1.bot.conversation"),
    ])
    func `an answer that has a member twice means nothing`(_ status: Int, _ body: String, _ name: String) throws {
        #expect(isUnintelligible(try answer(status, body, to: name), status: status))
    }

    @Test(arguments: botEndpoints)
    func `a bot's message is sent where the conversation is named`(_ name: String) throws {
        #expect(try answer(200, #"{"conversation_id":"c-1"}"#, to: name) == .sent(conversation: "c-1"))
        #expect(try answer(201, #" {"extra":1,"conversation_id":"c-1"} "#, to: name) == .sent(conversation: "c-1"))
        #expect(try answer(200, #"{"conversation_id":"مکالمه"}"#, to: name) == .sent(conversation: "مکالمه"))
    }

    @Test(arguments: [
        "{}", #"{"conversation_id":""}"#, #"{"conversation_id":null}"#, #"{"conversation_id":1}"#,
        #"{"conversation_id":["c"]}"#, #"{"conversation_id":{"id":"c"}}"#, #"{"Conversation_id":"c"}"#,
        #"{"status":200,"message":"ok"}"#, #"{"token":"t"}"#, #"{"conversation":{"id":"c"},"messages":[]}"#,
        #"{"code":3,"message":"x"}"#, #""c""#, "1", "true",
    ])
    func `a bot's message is not known to be sent by another shape`(_ body: String) throws {
        for name in AnswerTests.botEndpoints {
            #expect(isUnintelligible(try answer(200, body, to: name), status: 200))
        }
    }

    @Test(arguments: [
        #"{"status":200,"message":"ok"}"#, #"{"status":200,"message":""}"#, #"{"status":201,"message":"created"}"#,
        #"{"status":0,"message":""}"#, #"{"status":299}"#, #"{"status":200}"#, #"{"message":"sent"}"#,
        #"{"message":""}"#,
        #"{"message":"پیام ارسال شد","status":200,"extra":{}}"#,
    ])
    func `a user's message is sent where status and message say nothing else`(_ body: String) throws {
        #expect(try answer(200, body, to: "v2.conversation") == .sent(conversation: nil))
    }

    @Test(arguments: [
        #"{"status":400,"message":"bad"}"#, #"{"status":500,"message":""}"#, #"{"status":199}"#, #"{"status":300}"#,
        #"{"status":-1}"#, #"{"status":1}"#, #"{"status":"200"}"#, #"{"status":200.0}"#, #"{"status":2e2}"#,
        #"{"status":null}"#, #"{"status":true}"#, #"{"status":[200]}"#, #"{"status":99999999999999999999}"#, "{}",
        #"{"message":null}"#, #"{"message":1}"#, #"{"status":200,"message":{}}"#, #"{"status":200,"message":null}"#,
        #"{"conversation_id":"c"}"#, #"{"token":"t"}"#, "200", #""sent""#,
    ])
    func `a user's message is not known to be sent where the answer says otherwise`(_ body: String) throws {
        #expect(isUnintelligible(try answer(200, body, to: "v2.conversation"), status: 200))
    }

    @Test func `an upload token is read and stays a secret`() throws {
        let read = try answer(200, #"{"token":"upl-s3cr3t"}"#, to: "experimental.upload")
        #expect(read == .uploadToken(Secret("upl-s3cr3t")))
        #expect(!"\(read)".contains("s3cr3t"))
        #expect(!String(reflecting: read).contains("s3cr3t"))
    }

    @Test(arguments: ["{}", #"{"token":""}"#, #"{"token":null}"#, #"{"token":1}"#, #"{"Token":"t"}"#, #""t""#])
    func `an upload token of another shape is none`(_ body: String) throws {
        #expect(isUnintelligible(try answer(200, body, to: "experimental.upload"), status: 200))
    }

    static let nonsense: [[UInt8]] =
        [
            "", " ", "\r\n", "[]", "null", "[{}]", "<html><body>502 Bad Gateway</body></html>", "OK", "{",
            "{\"conversation_id\":",
            "{\"conversation_id\":\"c\"", "{\"conversation_id\":\"c\"}}", "{\"conversation_id\":\"c\"} x", "{'a':1}",
            "\u{FEFF}{}",
            "{\"code\":3", "status: 200", String(repeating: "[", count: 10_000),
        ].map { Array($0.utf8) } + [[0xFF, 0xFE], [0x22, 0xFF, 0x22], [0x1F, 0x8B, 0x08, 0x00]]

    @Test(arguments: nonsense)
    func `what is no JSON object means nothing, whatever the status`(_ body: [UInt8]) throws {
        for endpoint in Catalogue.endpoints {
            for status in [200, 204, 299, 301, 400, 404, 429, 500, 502, 503, 599] {
                let read = DivarAnswer(status: status, body: body, to: endpoint)
                #expect(isUnintelligible(read, status: status), "\(endpoint.name) \(status)")
            }
        }
    }

    @Test(arguments: [
        (400, 3), (401, 16), (403, 7), (404, 5), (409, 6), (409, 10), (412, 9), (416, 11), (429, 8), (499, 1), (500, 2),
        (500, 13), (500, 15), (501, 12), (503, 14), (504, 4), (400, 16), (599, 1),
    ])
    func `an error with a gRPC code is Divar's own`(_ status: Int, _ code: Int) throws {
        let body = #"{"code":\#(code),"message":"متن","details":[{"@type":"x"}]}"#
        for endpoint in Catalogue.endpoints {
            let read = DivarAnswer(status: status, body: Array(body.utf8), to: endpoint)
            #expect(read == .refused(DivarComplaint(status: status, code: code, message: "متن")))
        }
    }

    @Test(
        arguments: [(#"{"code":9}"#, nil), (#"{"code":9,"message":""}"#, ""), (#"{"code":9,"message":1}"#, nil)]
            as [(String, String?)])
    func `an error's message may be missing`(_ body: String, _ message: String?) throws {
        #expect(try answer(412, body) == .refused(DivarComplaint(status: 412, code: 9, message: message)))
    }

    @Test(arguments: [
        "{}", #"{"message":"x"}"#, #"{"code":0}"#, #"{"code":-1}"#, #"{"code":17}"#, #"{"code":404}"#, #"{"code":"3"}"#,
        #"{"code":3.0}"#, #"{"code":3e0}"#, #"{"code":null}"#, #"{"code":[3]}"#, #"{"code":99999999999999999999}"#,
        #"{"error":{"code":3}}"#, #"{"Code":3}"#, #"{"conversation_id":"c"}"#, #"{"status":200,"message":"ok"}"#,
    ])
    func `an error without a gRPC code proves nothing`(_ body: String) throws {
        for endpoint in Catalogue.endpoints {
            for status in [400, 404, 412, 500, 503] {
                let read = DivarAnswer(status: status, body: Array(body.utf8), to: endpoint)
                #expect(isUnintelligible(read, status: status), "\(endpoint.name) \(status)")
            }
        }
    }

    @Test func `304 says that nothing has changed, to a request that asked for it`() {
        for endpoint in Catalogue.endpoints {
            #expect(DivarAnswer(status: 304, body: [], to: endpoint, isConditional: true) == .notModified)
            #expect(isUnintelligible(DivarAnswer(status: 304, body: [], to: endpoint), status: 304))
        }
    }

    @Test(arguments: [0, 100, 101, 199, 300, 301, 302, 304, 307, 308, 399, 600, 999, -1])
    func `a status that is neither success nor error means nothing`(_ status: Int) throws {
        let bodies = [#"{"conversation_id":"c"}"#, #"{"status":200,"message":"ok"}"#, #"{"code":3,"message":"x"}"#]
        for endpoint in Catalogue.endpoints {
            for body in bodies {
                let read = DivarAnswer(status: status, body: Array(body.utf8), to: endpoint)
                #expect(isUnintelligible(read, status: status), "\(endpoint.name) \(body)")
            }
        }
    }

    @Test func `nothing of a body that means nothing is repeated`() throws {
        for body in ["<html>MARKER</html>", #"{"MARKER":1}"#, #""MARKER""#, #"{"code":"MARKER"}"#] {
            for endpoint in Catalogue.endpoints {
                for status in [200, 302, 403, 502] {
                    let read = DivarAnswer(status: status, body: Array(body.utf8), to: endpoint)
                    #expect(!"\(read)".contains("MARKER"))
                }
            }
        }
    }

    /// An answer that was cut anywhere is never taken for a success or for a proof of refusal.
    @Test func `every beginning of an answer means nothing`() throws {
        let whole = [
            (200, "v1.bot.user", #"{"conversation_id":"c-1"}"#),
            (200, "v2.conversation", #"{"status":200,"message":"ok"}"#),
            (412, "v1.bot.user", #"{"code":9,"message":"restricted","details":[]}"#),
            (200, "v1.conversation", #"{"conversation":{"id":"c"},"messages":[{"id":"1","text":"x"}]}"#),
        ]
        for (status, name, body) in whole {
            #expect(!isUnintelligible(try answer(status, body, to: name), status: status))
            for length in 0..<body.utf8.count {
                let cut = DivarAnswer(
                    status: status, body: Array(body.utf8.prefix(length)), to: try Samples.endpoint(name))
                #expect(isUnintelligible(cut, status: status), "\(name), \(length) bytes")
            }
        }
    }
}
