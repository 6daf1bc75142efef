import InternalAPI
import Messaging
import StrictJSON
import Testing

@testable import HTTPWire
@testable import InternalAPI

/// Messages that are to wait, and those that are taken back, at the front door.
@Suite struct QueueResponderTests {
    private static let async: [FieldName: String] = [.prefer: "respond-async"]

    private let rig = ResponderRig()
    private let id = MessageID(unixMilliseconds: 1, random: (2, 3))

    private func field(_ name: String, of response: Response) -> String? {
        response.fields.first { $0.name == name }?.value
    }

    private func body(expiring text: String) -> String {
        #"{"conversation_id":"c","text":"t","expires_at":\#(text)}"#
    }

    // MARK: Accepted

    @Test func `a message that waits is 202, with where it is and that the preference was kept`() throws {
        let response = rig.answer("POST", "/send", QueueResponderTests.async, body: rig.message)
        #expect(response.status == 202)
        #expect(field("Location", of: response) == "/messages/\(id)")
        #expect(field("Preference-Applied", of: response) == "respond-async")
        #expect(field("Cache-Control", of: response) == "no-store")
        let answer = try rig.json(response)
        #expect(answer.objectMembers?.map(\.name) == ["message_id", "outcome", "queue", "expires_at"])
        #expect(answer["message_id"]?.stringValue == id.description)
        #expect(answer["outcome"] == .null)
        #expect(answer["queue"]?.stringValue == "waiting")
    }

    @Test func `without the preference a message is sent at once`() {
        for prefer in ["wait=5", ""] {
            let response = rig.answer("POST", "/send", [.prefer: prefer], body: rig.message)
            #expect(response.status == 200)
            #expect(field("Preference-Applied", of: response) == nil)
            #expect(field("Location", of: response) == nil)
        }
    }

    @Test func `a message that can not wait is answered as any send`() throws {
        let failing = ResponderRig(failure: Problem(.overloaded, detail: "full", retryAfterSeconds: 10))
        let response = failing.answer("POST", "/send", QueueResponderTests.async, body: rig.message)
        #expect(response.status == 503)
        #expect(field("Retry-After", of: response) == "10")
        #expect(field("Location", of: response) == nil)
        #expect(field("Preference-Applied", of: response) == nil)
    }

    @Test func `the preference is for sends alone`() {
        #expect(rig.answer("POST", "/upload-token", QueueResponderTests.async).status == 200)
        #expect(rig.answer("GET", "/messages/\(id)", QueueResponderTests.async).status == 200)
    }

    @Test func `a dry run does not wait`() throws {
        let response = rig.answer(
            "POST", "/send", [.prefer: "respond-async", .dryRun: "true"], body: rig.message)
        #expect(response.status == 200)
        #expect(try rig.json(response)["dry_run"] == .bool(true))
        #expect(field("Preference-Applied", of: response) == nil)
    }

    @Test func `a message as the user needs its token before it waits`() throws {
        let body = #"{"conversation_id":"c","text":"t","as":"user"}"#
        let response = rig.answer("POST", "/send", QueueResponderTests.async, body: body)
        #expect(response.status == 400)
        #expect(try rig.json(response)["type"]?.stringValue == "urn:divar-gateway:problem:user-token-required")
    }

    // MARK: Until when

    @Test(arguments: [
        (#""2026-11-22T08:00:00Z""#, "2026-11-22T08:00:00.000000Z"),
        (#""2026-11-22T11:30:00+03:30""#, "2026-11-22T08:00:00.000000Z"),
        (#""2026-11-22t08:00:00.1234567z""#, "2026-11-22T08:00:00.123456Z"),
        // Not said: the service decides.
        ("null", "1970-01-01T00:00:00.000000Z"),
    ])
    func `until when a message may wait is read and told`(value: String, told: String) throws {
        let response = rig.answer("POST", "/send", QueueResponderTests.async, body: body(expiring: value))
        #expect(response.status == 202)
        #expect(try rig.json(response)["expires_at"]?.stringValue == told)
    }

    @Test(arguments: [
        "1", "true", "{}", "[]", #""""#, #""soon""#, #""2026-11-22""#, #""2026-11-22T08:00:00""#,
        #""2026-02-30T08:00:00Z""#, #"" 2026-11-22T08:00:00Z""#,
    ])
    func `what is no time is pointed at`(value: String) throws {
        let response = rig.answer("POST", "/send", QueueResponderTests.async, body: body(expiring: value))
        #expect(response.status == 400)
        let errors = try rig.json(response)["errors"]?.arrayValue
        #expect(errors?.compactMap { $0["pointer"]?.stringValue } == ["/expires_at"])
    }

    @Test func `what does not wait does not expire`() throws {
        for fields in [[:], [.dryRun: "true"]] as [[FieldName: String]] {
            let response = rig.answer("POST", "/send", fields, body: body(expiring: #""2026-11-22T08:00:00Z""#))
            #expect(response.status == 400)
            let answer = try rig.json(response)
            #expect(answer["errors"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue } == ["/expires_at"])
            #expect(answer["outcome"]?.stringValue == "not_sent")
        }
        // What only looks may look as if it waited.
        let fields: [FieldName: String] = [.prefer: "respond-async", .dryRun: "true"]
        let response = rig.answer("POST", "/send", fields, body: body(expiring: #""2026-11-22T08:00:00Z""#))
        #expect(response.status == 200)
        #expect(rig.answer("POST", "/send", body: body(expiring: "null")).status == 200)
    }

    // MARK: Taken back

    @Test func `a message that is taken back is reported`() throws {
        let response = rig.answer("DELETE", "/messages/\(id)")
        #expect(response.status == 200)
        #expect(try rig.json(response)["message_id"]?.stringValue == id.description)
        #expect(field("Cache-Control", of: response) == "no-store")
    }

    @Test func `one that can not be taken back is 409 with its outcome`() throws {
        let failing = ResponderRig(failure: Problem(.notCancellable, detail: "d", outcome: .sent))
        let response = failing.answer("DELETE", "/messages/\(id)")
        #expect(response.status == 409)
        #expect(try rig.json(response)["type"]?.stringValue == "urn:divar-gateway:problem:not-cancellable")
        #expect(try rig.json(response)["outcome"]?.stringValue == "sent")
    }

    @Test func `only messages can be taken back, by who may send`() {
        for path in ["/messages/x", "/messages/\(id)0", "/messages/01a2061b-4d90-4d4c-a33d-2b161ac2310e"] {
            #expect(rig.answer("DELETE", path).status == 404)
        }
        for path in ["/send", "/conversations/c", "/upload-token", "/health/live"] {
            let response = rig.answer("DELETE", path)
            #expect(response.status == 405)
            #expect(field("Allow", of: response)?.contains("DELETE") == false)
        }
        let allowed = field("Allow", of: rig.answer("PUT", "/messages/\(id)"))
        #expect(allowed?.contains("DELETE") == true)
        #expect(ResponderRig(permissions: [.read]).answer("DELETE", "/messages/\(id)").status == 403)
    }
}
