import DivarAPI
import HTTPWire
import Messaging
import StrictJSON
import Testing

@testable import Sandbox

@Suite struct EndpointTests {
    private static func path(of endpoint: Endpoint) throws -> String {
        let identifier = endpoint.operation == .botMessageToUser ? "sandbox-user" : "sandbox-conversation"
        return try #require(
            endpoint.path.path(identifier: endpoint.operation == .createUploadToken ? "" : identifier))
    }

    private static func body(of endpoint: Endpoint) -> String {
        switch endpoint.body {
        case .none: ""
        case .empty: "{}"
        case .botMessage: #"{"text_message":"hello","type":"TEXT"}"#
        case .conversationMessage: #"{"message":"hello","type":"TEXT"}"#
        }
    }

    private static func call(_ endpoint: Endpoint, _ bench: inout SandboxBench) throws -> SandboxBench.Answer {
        try SandboxBench.answer(
            bench.reply(
                endpoint.method.rawValue, path(of: endpoint),
                token: endpoint.needsUserToken ? "sandbox-user-token" : nil, body: body(of: endpoint)
            )
        )
    }

    @Test(arguments: Contract.allCases)
    func `every endpoint of a contract answers in its form`(contract: Contract) throws {
        for endpoint in Catalogue.endpoints(of: contract) {
            var bench = try SandboxBench(#"{"contract":"\#(contract.rawValue)"}"#)
            let answer = try EndpointTests.call(endpoint, &bench)
            #expect(answer.status == 200, "\(endpoint.name)")
            let form = DivarAnswer(status: answer.status, body: JSONWriter.bytes(answer.json), to: endpoint)
            switch (endpoint.answer, form) {
            case (.sentConversation, .sent(let conversation)):
                #expect(conversation?.isEmpty == false)
            case (.sentStatus, .sent), (.uploadToken, .uploadToken), (.conversation, .conversation):
                break
            default:
                Issue.record("\(endpoint.name) answered \(form)")
            }
        }
    }

    @Test func `the newer contract lacks the three experimental ways to send`() throws {
        var bench = try SandboxBench(#"{"contract":"2026-08"}"#)
        var gone: [String] = []
        for endpoint in Catalogue.endpoints {
            let answer = try EndpointTests.call(endpoint, &bench)
            if answer.status == 200 { continue }
            gone.append(endpoint.name.text)
            #expect(answer.status == 404)
            #expect(
                answer.json == (try JSONParser.parse(Array(#"{"code":5,"message":"Not Found","details":[]}"#.utf8))))
        }
        #expect(
            gone == ["experimental.chatbot-conversation", "experimental.bot.user", "experimental.bot.conversation"])
    }

    @Test(arguments: [
        "/", "/v1", "/v1/open-platform/chat/conversations", "/v1/open-platform/chat/conversations/",
        "/v1/open-platform/chat/conversations/a/b", "/v1/open-platform/chat/conversations/%zz",
        "/upload/other", "/upload", "/_sandboxes", "/V1/open-platform/chat/conversations/a",
    ])
    func `an unknown path is 404 with code 5`(path: String) throws {
        var bench = try SandboxBench()
        let answer = try bench.get(path, token: "sandbox-user-token")
        #expect(answer.status == 404)
        #expect(answer.code == 5)
        #expect(answer.message == "Not Found")
        #expect(answer.json["details"] == .array([]))
    }

    @Test(arguments: [
        ("GET", SandboxBench.conversationPath), ("DELETE", SandboxBench.asUserPath), ("PUT", SandboxBench.userPath),
        ("POST", SandboxBench.readPath), ("HEAD", SandboxBench.readPath), ("GET", SandboxBench.uploadTokenPath),
        ("GET", "/upload/image"), ("PATCH", "/upload/video"),
    ])
    func `a known path with another method is 501 with code 12`(method: String, path: String) throws {
        var bench = try SandboxBench()
        let answer = try SandboxBench.answer(bench.reply(method, path))
        #expect(answer.status == 501)
        #expect(answer.code == 12)
        #expect(answer.message == "Method Not Allowed")
    }

    @Test func `a path that is gone from the contract is 404 whatever the method`() throws {
        var bench = try SandboxBench(#"{"contract":"2026-08"}"#)
        let path = "/experimental/open-platform/chat/bot/users/u/messages"
        #expect(try bench.get(path).status == 404)
    }

    @Test func `every gRPC code has its HTTP status`() {
        let expected: [Int: Int] = [
            1: 499, 2: 500, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 412, 10: 409, 11: 400, 12: 501,
            13: 500, 14: 503, 15: 500, 16: 401,
        ]
        let actual = Dictionary(uniqueKeysWithValues: RPCCode.allCases.map { ($0.rawValue, $0.httpStatus) })
        #expect(actual == expected)
    }

    @Test(
        arguments: [
            (.malformed, 400), (.missingOrRepeatedHost, 400), (.repeatedField(.apiKey), 400),
            (.unsupportedTarget, 400), (.unsupportedTransferCoding, 501), (.unsupportedVersion, 505),
            (.expectationFailed, 417), (.targetTooLong(limit: 1), 414), (.headerTooLarge(bytes: 1, fields: 1), 431),
            (.headerTimeout, 408), (.bodyTimeout, 408), (.bodyTooLarge(limit: 1), 413),
            (.tooManyConnections(limit: 1), 503),
        ] as [(ProtocolViolation, Int)])
    func `what HTTP forbids is a google rpc Status too`(violation: ProtocolViolation, status: Int) throws {
        let response = RPCStatus(violation).response
        #expect(response.status == status)
        let json = try JSONParser.parse(response.body)
        #expect(json["code"]?.integerValue != nil)
        #expect(json["message"]?.stringValue?.isEmpty == false)
        #expect(json["details"] == .array([]))
    }

    @Test func `only the upload host takes large bodies`() {
        func limit(_ path: String) -> Int {
            SandboxWorld.bodyLimit(
                for: RequestHead(method: .post, path: path, query: nil, fields: RequestFields(), hasBody: true))
        }
        #expect(limit("/upload/video") == 51 * 1024 * 1024)
        #expect(limit("/upload/film") == 1024 * 1024)
        #expect(limit(SandboxBench.asUserPath) == 1024 * 1024)
        #expect(limit("/_sandbox/faults") == 1024 * 1024)
    }
}
