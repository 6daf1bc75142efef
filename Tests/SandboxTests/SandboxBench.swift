import DivarAPI
import HTTPWire
import StrictJSON
import Testing

@testable import Sandbox

/// A simulated world without sockets, with a clock that a test moves, and short ways to call it.
struct SandboxBench {
    /// What came back, where something did.
    struct Answer {
        let status: Int
        let json: JSONValue

        var code: Int? { json["code"]?.integerValue }
        var message: String? { json["message"]?.stringValue }
    }

    static let conversationPath = "/v1/open-platform/chat/bot/conversations/sandbox-conversation/messages"
    static let readPath = "/v1/open-platform/chat/conversations/sandbox-conversation"
    static let userPath = "/v1/open-platform/chat/bot/users/sandbox-user/messages"
    static let asUserPath = "/v2/open-platform/conversations/sandbox-conversation/messages"
    static let uploadTokenPath = "/experimental/open-platform/chat/upload"
    static let text = #"{"text_message":"hello"}"#

    var world: SandboxWorld
    var now = SandboxTime(microsecondsSince1970: 1_790_000_000_000_000)
    var key: String? = "sandbox-divar-key"

    init(_ script: String = "{}") throws {
        world = SandboxWorld(script: try SandboxScript(parsing: Array(script.utf8)), at: now)
    }

    mutating func pass(seconds: Int) {
        now = now.adding(seconds: seconds)
    }

    mutating func reply(
        _ method: String,
        _ path: String,
        token: String? = nil,
        body: String = "",
        trace: String? = nil
    ) -> SandboxReply {
        var fields = RequestFields()
        if let key { fields.add(.apiKey, key) }
        if let token { fields.add(.authorization, "Bearer \(token)") }
        if let trace { fields.add(.traceparent, trace) }
        return reply(method, path, fields, Array(body.utf8))
    }

    mutating func reply(_ method: String, _ path: String, _ fields: RequestFields, _ body: [UInt8]) -> SandboxReply {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        let head = RequestHead(
            method: HTTPMethod(method), path: parts[0], query: parts.count > 1 ? parts[1] : nil, fields: fields,
            hasBody: !body.isEmpty
        )
        return world.answer(SandboxRequest(head: head, body: body), at: now)
    }

    mutating func post(_ path: String, _ body: String, token: String? = nil) throws -> Answer {
        try SandboxBench.answer(reply("POST", path, token: token, body: body))
    }

    mutating func get(_ path: String, token: String? = nil) throws -> Answer {
        try SandboxBench.answer(reply("GET", path, token: token))
    }

    /// Sends a text from the bot to the conversation that is always there.
    mutating func send(_ text: String = "hello") throws -> Answer {
        let body = JSONWriter.string(.object([JSONMember("text_message", .string(text))]))
        return try post(SandboxBench.conversationPath, body)
    }

    /// A control call, which needs no key.
    mutating func control(_ method: String, _ path: String, _ body: String = "") throws -> Answer {
        try SandboxBench.answer(reply(method, "/_sandbox\(path)", RequestFields(), Array(body.utf8)))
    }

    mutating func ledger() throws -> [JSONValue] {
        try #require(control("GET", "/ledger").json["entries"]?.arrayValue)
    }

    /// The texts of the messages that a conversation shows.
    mutating func texts(in conversation: String = "sandbox-conversation") throws -> [String] {
        let answer = try get("/v1/open-platform/chat/conversations/\(conversation)", token: "sandbox-user-token")
        return try #require(answer.json["messages"]?.arrayValue).compactMap { $0["text"]?.stringValue }
    }

    static func answer(_ reply: SandboxReply) throws -> Answer {
        guard case .respond(let response) = reply else {
            Issue.record("no answer, but \(reply)")
            throw NoAnswer()
        }
        return Answer(status: response.status, json: try JSONParser.parse(response.body))
    }

    struct NoAnswer: Error {}
}
