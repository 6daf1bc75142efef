import DivarAPI
import Journal
import Messaging
import StrictJSON

@testable import Egress
@testable import InternalAPI

let jsonTargets = [
    FuzzTarget("json", checkJSON),
    FuzzTarget("send-body", checkSendBody),
    FuzzTarget("queued-content", checkQueuedContent),
]

/// What was accepted says the same when it is written and read again, and white space around it changes nothing.
private func checkJSON(_ bytes: [UInt8]) {
    let value: JSONValue
    do {
        value = try JSONParser.parse(bytes)
    } catch {
        require((0...bytes.count).contains(error.offset), "an error stands inside the text")
        return
    }
    let written = JSONWriter.bytes(value)
    let again = try? JSONParser.parse(written)
    require(again == value, "a text means the same after it was written anew")
    require(again.map(JSONWriter.bytes) == written, "writing is stable")
    require((try? JSONParser.parse(Array(" \t".utf8) + bytes + Array("\r\n".utf8))) == value, "space around is nothing")
    require((try? JSONParser.parse(bytes + Array("]".utf8))) == nil, "nothing may follow")
    for pointer in value.repeatedMembers() { require(!pointer.description.isEmpty, "a member has a place") }
}

/// What was accepted becomes a request to Divar that says the same, and bytes in the trail that read back the same.
private func checkSendBody(_ bytes: [UInt8]) {
    let (flags, body) = bytes.led
    let hasToken = flags & 1 == 1
    let sendBody: SendBody
    do {
        sendBody = try SendBodyReader.body(from: body, hasUserToken: hasToken, limits: MessageLimits())
    } catch {
        require(error.kind == .invalidRequest, "a body that is refused is the caller's mistake")
        require(!error.violations.isEmpty, "a refusal says what is wrong")
        require(error.violations.count <= MessageLimits.reportedViolations + 1, "and not without end")
        return
    }
    let draft = sendBody.draft
    require(
        SendBody.accepted(CanonicalContent.request(draft), hasUserToken: draft.sender == .user) == draft,
        "what is kept of a message is the message"
    )
    require(draft.buttons.rows.count <= ButtonGrid.maximumRows, "a grid has no more rows than Divar shows")
    let endpoints = Catalogue.endpoints.filter { $0.operation == draft.operation }
    require(!endpoints.isEmpty, "every message has an endpoint")
    for endpoint in endpoints { checkRequest(DivarRequest(sending: draft, through: endpoint), draft, endpoint) }
}

private func checkRequest(_ request: DivarRequest?, _ draft: MessageDraft, _ endpoint: Endpoint) {
    guard let request, let body = request.body, let value = try? JSONParser.parse(body) else {
        return require(false, "a message that was accepted can be sent through \(endpoint.name)")
    }
    require(value.repeatedMembers().isEmpty, "no member stands twice in a request")
    let target =
        switch draft.target {
        case .conversation(let id): id.text
        case .user(let id): id.text
        }
    require(endpoint.path.identifier(in: request.path) == target, "it goes where it should")
    require(request.path.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a path is visible ASCII")
    let text = value["text_message"] ?? value["message"]
    switch draft.content {
    case .text(let words): require(text == .string(words), "it says what it should")
    case .media(let token): require(value["media_token"] == .string(token.text), "it shows what it should")
    }
}

/// What waits in the queue is read back as it was put there.
private func checkQueuedContent(_ bytes: [UInt8]) {
    guard let content = QueuedContent(bytes) else { return }
    guard let written = try? content.bytes, let again = QueuedContent(written) else {
        return require(false, "what was read can be written, and read")
    }
    require(again.draft == content.draft, "the message stays the same")
    require(again.token == content.token, "the token stays the same")
    require(again.trace == content.trace, "the trace stays the same")
}
