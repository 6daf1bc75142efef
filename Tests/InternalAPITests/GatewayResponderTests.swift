import HTTPWire
import InternalAPI
import Messaging
import StrictJSON
import Testing

@testable import HTTPWire
@testable import InternalAPI

@Suite struct GatewayResponderTests {
    private let rig = ResponderRig()

    @Test(arguments: [
        ("GET", "/send", 405), ("POST", "/conversations/c", 405), ("GET", "/upload-token", 405),
        ("POST", "/health/live", 405), ("GET", "/nothing", 404), ("GET", "/conversations/", 404),
        ("GET", "/conversations/a/b", 404), ("POST", "/send/", 404), ("GET", "/", 404), ("OPTIONS", "/send", 405),
    ])
    func `a route and a method that are not served are refused`(method: String, path: String, status: Int) {
        let response = rig.answer(method, path)
        #expect(response.status == status)
        if status == 405 { #expect(response.fields.contains { $0.name == "Allow" && !$0.value.isEmpty }) }
    }

    @Test func `health needs no key`() {
        #expect(rig.answer("GET", "/health/live").status == 200)
        #expect(rig.answer("HEAD", "/health/ready").status == 200)
        let failing = ResponderRig(isReady: false)
        #expect(failing.answer("GET", "/health/ready").status == 503)
        #expect(failing.answer("GET", "/health/live").status == 200)
    }

    @Test(
        arguments: [
            [:], [.authorization: "Bearer wrong"], [.authorization: "Basic a2V5"], [.authorization: "Bearer"],
            [.authorization: "Bearer a b"], [.authorization: ""],
        ] as [[FieldName: String]])
    func `a call without a known key is 401 before its body is read`(fields: [FieldName: String]) throws {
        var head = rig.head("POST", "/send", fields)
        head.hasBody = true
        guard case .refuse(let response) = rig.responder.admit(head, from: .unixSocket) else {
            Issue.record("the body would have been read")
            return
        }
        #expect(response.status == 401)
        #expect(response.fields.contains { $0.name == "WWW-Authenticate" && $0.value.hasPrefix("Bearer") })
        #expect(try rig.json(response)["outcome"] == .string("not_sent"))
        #expect(!String(decoding: response.body, as: UTF8.self).contains("wrong"))
    }

    @Test func `a call that the caller may not make is 403 before its body is read`() {
        let reader = ResponderRig(permissions: [.read])
        guard case .refuse(let response) = reader.responder.admit(reader.head("POST", "/send"), from: .unixSocket)
        else {
            Issue.record("the body would have been read")
            return
        }
        #expect(response.status == 403)
    }

    @Test func `a call from a web page is refused`() {
        #expect(rig.answer("POST", "/upload-token", [.origin: "https://evil.example"]).status == 403)
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"])
    func `a send whose body is not announced as JSON is 415`(type: String?) {
        var fields: [FieldName: String] = [:]
        if let type { fields[.contentType] = type }
        #expect(rig.answer("POST", "/send", fields, body: rig.message, json: false).status == 415)
    }

    @Test(arguments: [
        "application/json", "Application/JSON", "application/json; charset=UTF-8", "application/json;charset=\"utf-8\"",
    ])
    func `a send announced as JSON is taken`(type: String) {
        #expect(rig.answer("POST", "/send", [.contentType: type], body: rig.message, json: false).status == 200)
    }

    @Test func `a receipt has the five members of the design`() throws {
        let answer = try rig.json(rig.answer("POST", "/send", body: rig.message))
        #expect(
            answer.objectMembers?.map(\.name) == ["outcome", "message_id", "conversation_id", "endpoint", "attempts"])
        #expect(answer["outcome"] == .string("sent"))
    }

    @Test func `a conversation has the four members of the design`() throws {
        let answer = try rig.json(rig.answer("GET", "/conversations/c", [.accessToken: "token"]))
        #expect(answer.objectMembers?.map(\.name) == ["id", "type", "post_token", "messages"])
    }

    @Test func `an id in the path may be percent-encoded, and is checked after decoding`() {
        let token: [FieldName: String] = [.accessToken: "token"]
        #expect(rig.answer("GET", "/conversations/a%7Eb", token).status == 200)
        for bad in ["%2e%2e", "..", ".", "a%2Fb", "a%00", "a%", "%C3%B8", "a+b"] {
            #expect(rig.answer("GET", "/conversations/\(bad)", token).status == 400, "\(bad)")
        }
    }

    @Test func `a read without a user's token is told so`() throws {
        let response = rig.answer("GET", "/conversations/c")
        #expect(response.status == 400)
        #expect(try rig.json(response)["type"] == .string("urn:divar-gateway:problem:user-token-required"))
    }

    @Test func `a message as the user or to a user needs a user's token`() throws {
        for body in [#"{"conversation_id":"c","text":"t","as":"user"}"#, #"{"user_id":"u","text":"t"}"#] {
            let answer = try rig.json(rig.answer("POST", "/send", body: body))
            #expect(answer["type"] == .string("urn:divar-gateway:problem:user-token-required"))
            #expect(answer["outcome"] == .string("not_sent"))
        }
    }

    @Test func `a token that could not stand in a header is refused`() {
        #expect(rig.answer("GET", "/conversations/c", [.accessToken: "a b"]).status == 400)
        #expect(
            rig.answer("GET", "/conversations/c", [.accessToken: String(repeating: "a", count: 4097)]).status == 400)
    }

    @Test(arguments: ["", "{}", " { } "])
    func `an upload token needs no body`(body: String) throws {
        let answer = try rig.json(rig.answer("POST", "/upload-token", body: body))
        #expect(
            answer
                == .object([
                    JSONMember("token", .string("upload-secret")),
                    JSONMember("upload_url", .string("https://upload.example/x")),
                ]))
    }

    @Test(arguments: ["[]", "null", #"{"a":1}"#, "x"])
    func `an upload token takes no other body`(body: String) {
        #expect(rig.answer("POST", "/upload-token", body: body).status == 400)
    }

    @Test func `a problem from behind is told with everything that is known of it`() throws {
        var problem = Problem(
            .divarLimit, detail: "d", outcome: .notSent,
            divar: DivarComplaint(status: 429, code: 8, message: "daily quota exceeded"), retryAfterSeconds: 7
        )
        problem.endpoint = EndpointName("v1.bot.conversation")
        problem.attempts = 1
        let failing = ResponderRig(failure: problem)
        let response = failing.answer("POST", "/send", body: failing.message)
        let answer = try failing.json(response)
        #expect(response.status == 429)
        #expect(response.contentType == "application/problem+json")
        #expect(response.fields.contains { $0.name == "Retry-After" && $0.value == "7" })
        #expect(answer["divar_status"] == .number("429"))
        #expect(answer["divar_code"] == .number("8"))
        #expect(answer["divar_message"] == .string("daily quota exceeded"))
        #expect(answer["endpoint"] == .string("v1.bot.conversation"))
        #expect(answer["attempts"] == .number("1"))
        #expect(answer["trace_id"]?.stringValue?.count == 32)
    }

    @Test(arguments: ProblemKind.allCases)
    func `every problem's body repeats the status of its answer`(kind: ProblemKind) throws {
        let response = ProblemResponse.response(to: Problem(kind, detail: "d"))
        #expect(try rig.json(response)["status"] == .number(String(response.status)))
        #expect(try rig.json(response)["type"] == .string("urn:divar-gateway:problem:\(kind.rawValue)"))
    }
}
