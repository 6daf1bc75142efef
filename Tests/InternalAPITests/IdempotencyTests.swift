import InternalAPI
import Messaging
import StrictJSON
import Testing

@testable import HTTPWire
@testable import InternalAPI

@Suite struct IdempotencyTests {
    private let rig = ResponderRig()

    private func field(_ name: String, of response: Response) -> String? {
        response.fields.first { $0.name == name }?.value
    }

    @Test func `an answer says whether it was given before and how long the key is kept`() {
        let first = rig.answer("POST", "/send", [.idempotencyKey: "new"], body: rig.message)
        #expect(first.status == 200)
        #expect(field("Idempotent-Replay", of: first) == nil)
        #expect(field("Idempotency-Expires", of: first) == "Fri, 02 Jan 1970 00:00:00 GMT")
        let again = rig.answer("POST", "/send", [.idempotencyKey: "again"], body: rig.message)
        #expect(field("Idempotent-Replay", of: again) == "true")
        let without = rig.answer("POST", "/send", body: rig.message)
        #expect(field("Idempotency-Expires", of: without) == nil)
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "a b", "کلید", "a\u{7F}"])
    func `a key that is none is refused before the body`(key: String) throws {
        let response = rig.answer("POST", "/send", [.idempotencyKey: key], body: rig.message)
        #expect(response.status == 400)
        #expect(try rig.json(response)["outcome"]?.stringValue == "not_sent")
    }

    @Test func `a key may be as long as the limit`() {
        let key = String(repeating: "~", count: IdempotencyKey.maximumLength)
        #expect(rig.answer("POST", "/send", [.idempotencyKey: key], body: rig.message).status == 200)
    }

    @Test func `a message is reported by its id alone`() throws {
        let id = MessageID(unixMilliseconds: 5, random: (6, 7))
        let response = rig.answer("GET", "/messages/\(id)")
        #expect(response.status == 200)
        #expect(try rig.json(response)["message_id"]?.stringValue == id.description)
        #expect(try rig.json(response)["outcome"] == .null)
        for path in ["/messages/x", "/messages/\(id)0", "/messages/01a2061b-4d90-4d4c-a33d-2b161ac2310e"] {
            #expect(rig.answer("GET", path).status == 404)
        }
        #expect(rig.answer("POST", "/messages/\(id)").status == 405)
        #expect(ResponderRig(permissions: [.read]).answer("GET", "/messages/\(id)").status == 403)
    }
}
