import DivarAPI
import Messaging
import StrictJSON

@testable import InternalAPI

let divarTargets = [
    FuzzTarget("divar-answer", checkAnswer),
    FuzzTarget("divar-webhook", checkWebhook),
]

/// No answer is a success that Divar didn't say, none lets a credential through, and a conversation is written as JSON
/// that can be read.
private func checkAnswer(_ bytes: [UInt8]) {
    let (flags, body) = bytes.led
    let statuses = [200, 201, 204, 304, 302, 400, 404, 412, 429, 500, 503]
    let status = statuses[Int(flags >> 3) % statuses.count]
    let endpoint = Catalogue.endpoints[Int(flags & 7) % Catalogue.endpoints.count]
    let credential = "credential-of-eight-or-more"
    let answer = DivarAnswer(
        status: status, body: body, to: endpoint, isConditional: flags & 128 == 0,
        redacting: Redaction([Secret(credential)])
    )
    let isSuccess = (200...299).contains(status)
    switch answer {
    case .sent(let conversation):
        require(isSuccess, "only a success says that a message was sent")
        require(conversation.map { !$0.contains(credential) } ?? true, "a credential is taken out")
    case .conversation(let conversation):
        require(isSuccess && endpoint.operation == .readConversation, "only a read gives a conversation")
        let written = ConversationBody.bytes(of: conversation)
        let value = try? JSONParser.parse(written)
        require(value?["id"] == .string(conversation.id), "a conversation is written as JSON")
        require(value?.repeatedMembers().isEmpty == true, "without a member twice")
        require(written.firstRange(of: Array(credential.utf8)) == nil, "and without credentials")
    case .notModified: require(status == 304 && flags & 128 == 0, "only who asks for changes hears of none")
    case .uploadToken: require(isSuccess && endpoint.operation == .createUploadToken, "only a token is a token")
    case .refused(let complaint):
        require(complaint.status == status && !isSuccess, "a refusal keeps its status")
        require(complaint.message.map { !$0.contains(credential) } ?? true, "a credential is taken out")
    case .unintelligible(let seen, _): require(seen == status, "what is unintelligible keeps its status")
    }
}

/// An event is one for every JSON object and nothing else, whatever stands around it.
private func checkWebhook(_ body: [UInt8]) {
    let event = WebhookEvent(body: body)
    let isObject = (try? JSONParser.parse(body))?.objectMembers != nil
    require((event != nil) == isObject, "a JSON object is an event, and nothing else is")
    require(WebhookEvent(body: Array("\n ".utf8) + body) == event, "space around it is nothing")
    if case .newMessage(let conversation) = event {
        require(ConversationID(conversation.text) == conversation, "a conversation has a name that may be one")
    }
}
