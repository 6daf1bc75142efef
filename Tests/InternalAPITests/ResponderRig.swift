import ConversationCache
import HTTPWire
import InternalAPI
import Messaging
import NIOCore
import StrictJSON

@testable import HTTPWire
@testable import InternalAPI

/// A front door with answers of its own behind it, and no socket before it.
struct ResponderRig {
    let responder: GatewayResponder
    let message = #"{"conversation_id":"c","text":"t"}"#

    init(
        permissions: Set<Permission> = Set(Permission.allCases),
        isReady: Bool = true,
        failure: Problem? = nil,
        callers: (any CallerAuthenticating)? = nil,
        reportForeignLinks: @escaping ForeignLinkReport = { _, _ in },
        observer: (any CallObserving)? = nil
    ) {
        responder = GatewayResponder(
            service: CannedService(failure: failure),
            callers: callers ?? OneCaller(permissions: permissions),
            readiness: FixedReadiness(isReady: isReady),
            limits: MessageLimits(),
            reportForeignLinks: reportForeignLinks,
            observer: observer
        )
    }

    func head(_ method: String, _ path: String, _ fields: [FieldName: String] = [.authorization: "Bearer key"])
        -> RequestHead
    {
        var known = RequestFields()
        for (name, value) in fields { known.add(name, value) }
        return RequestHead(method: HTTPMethod(method), path: path, query: nil, fields: known, hasBody: false)
    }

    /// What a caller with the right key gets.
    func answer(
        _ method: String,
        _ path: String,
        _ fields: [FieldName: String] = [:],
        body: String = "",
        json: Bool = true
    ) -> Response {
        var fields = fields
        fields[.authorization] = "Bearer key"
        if json { fields[.contentType] = "application/json" }
        switch responder.admit(head(method, path, fields), from: .unixSocket) {
        case .refuse(let response):
            return response
        case .accept(_, _, let then):
            let answers = AnswerBox()
            then(Array(body.utf8), Reply(connection: answers, exchange: 1))
            return answers.response ?? Response(status: 0)
        }
    }

    func json(_ response: Response) throws -> JSONValue {
        try JSONParser.parse(response.body)
    }
}

private final class AnswerBox: ReplyTaking {
    var response: Response?

    func take(_ response: Response, bodyBytes: Int, for exchange: UInt64) {
        self.response = response
    }

    func beginStream(_ head: Response, for exchange: UInt64) -> Bool { false }

    func writeToStream(_ bytes: ByteBuffer, for exchange: UInt64) -> Bool { false }

    func endStream(_ exchange: UInt64) {}

    func closeUnanswered(_ exchange: UInt64) {}

    func whenAbandoned(_ action: @escaping () -> Void, _ exchange: UInt64) {}
}

private struct OneCaller: CallerAuthenticating {
    let permissions: Set<Permission>

    func recognition(of credentials: CallerCredentials) -> CallerRecognition {
        guard credentials.key == Secret("key") else { return .unknown }
        return .known(Caller(name: CallerName("billing")!, app: AppName("default")!, permissions: permissions))
    }
}

private struct FixedReadiness: ReadinessReporting {
    let isReady: Bool

    func readiness() -> Readiness {
        Readiness(checks: [.init(name: "keys", passes: isReady, detail: "d")])
    }
}

private struct CannedService: MessagingService {
    let failure: Problem?

    func send(
        _ draft: MessageDraft,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (SendAnswer) -> Void
    ) {
        let id = MessageID(unixMilliseconds: 1, random: (2, 3))
        let receipt = SendReceipt(messageID: id, conversation: "c", endpoint: EndpointName("e"), attempts: 1)
        completion(
            SendAnswer(
                failure.map(Result.failure) ?? .success(receipt), isReplay: key?.text == "again",
                keyExpires: key == nil ? nil : 86_400
            )
        )
    }

    func enqueue(
        _ draft: MessageDraft,
        expires: Int64?,
        key: IdempotencyKey?,
        for call: CallContext,
        completion: @escaping (QueueAnswer) -> Void
    ) {
        if let failure { return completion(.answered(SendAnswer(.failure(failure)))) }
        completion(.accepted(MessageID(unixMilliseconds: 1, random: (2, 3)), expires: expires ?? 0))
    }

    func cancel(
        _ message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    ) {
        completion(failure.map(Result.failure) ?? .success(MessageReport(message: message)))
    }

    func preview(
        _ draft: MessageDraft,
        expires: Int64?,
        for call: CallContext,
        completion: @escaping (Result<PlannedSend, Problem>) -> Void
    ) {
        let plan = PlannedSend(
            endpoint: EndpointName("e"), method: "POST", url: "https://divar.example/e",
            fields: [("x-api-key", "masked")], body: Array(#"{"a":1}"#.utf8), alternatives: [], rateLimits: []
        )
        completion(failure.map(Result.failure) ?? .success(plan))
    }

    func readConversation(
        _ read: ConversationRead,
        for call: CallContext,
        completion: @escaping (ConversationAnswer) -> Void
    ) -> () -> Void {
        completion(answer(to: read))
        return {}
    }

    private func answer(to read: ConversationRead) -> ConversationAnswer {
        let status = CacheStatus.forwarded(.missing, status: 200)
        if let failure { return ConversationAnswer(failure, status: status) }
        let conversation = Conversation(id: read.conversation.text, type: nil, postToken: nil, messages: [])
        let body = ByteBuffer(bytes: ConversationBody.bytes(of: conversation))
        let content = CachedContent.conversation(body: body, entityTag: "\"tag\"")
        return ConversationAnswer(CachedAnswer(content: content, age: nil, status: status))
    }

    func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        let grant = UploadGrant(token: Secret("upload-secret"), uploadURL: "https://upload.example/x")
        completion(failure.map(Result.failure) ?? .success(grant))
    }

    func report(
        on message: MessageID,
        for call: CallContext,
        completion: @escaping (Result<MessageReport, Problem>) -> Void
    ) {
        completion(failure.map(Result.failure) ?? .success(MessageReport(message: message)))
    }

    var keepsUserTokens: Bool { true }

    func keepTokens(
        _ tokens: NewUserTokens,
        of user: UserName,
        for call: CallContext,
        completion: @escaping (Problem?) -> Void
    ) {
        completion(failure)
    }

    func removeTokens(of user: UserName, for call: CallContext, completion: @escaping (Problem?) -> Void) {
        completion(failure)
    }

    func reportTokens(of user: UserName, for call: CallContext) -> Result<UserTokensReport, Problem> {
        failure.map(Result.failure)
            ?? .success(UserTokensReport(name: user, expires: 0, isRefreshable: true, refreshedAt: nil, scope: "a b"))
    }

    func receive(event body: [UInt8], trace: TraceContext, completion: @escaping (Problem?) -> Void) {
        completion(failure)
    }

    func refused(_ call: RefusedCall) {}
}
