private import Custody
private import Delivery
private import DivarAPI
private import FoundationEssentials
package import HTTPWire
private import InternalAPI
package import Logging
package import Messaging
private import NIOCore

/// The way out: takes a checked call, plans it, calls Divar and says what came of it. Confined to one event loop.
///
/// One attempt a call. What may be said of its end is decided by the rules in `Delivery`; this only performs.
package final class EgressService: MessagingService {
    private let pool: UpstreamPool
    private let settings: EgressSettings
    private let builder: UpstreamRequestBuilder
    private let logger: Logger

    package init(pool: UpstreamPool, settings: EgressSettings, logger: Logger) {
        self.pool = pool
        self.settings = settings
        self.logger = logger
        builder = UpstreamRequestBuilder(userAgent: settings.userAgent)
    }

    package func send(
        _ draft: MessageDraft,
        for call: CallContext,
        completion: @escaping (Result<SendReceipt, Problem>) -> Void
    ) {
        let id = EgressService.makeMessageID()
        attempt(draft.operation, for: call) {
            DivarRequest(sending: draft, through: $0)
        } completion: { endpoint, result in
            if case .answered(.sent(let named), _) = result {
                completion(.success(EgressService.receipt(for: draft, id: id, named: named, endpoint: endpoint)))
                return
            }
            var problem = EgressService.problem(for: result, at: endpoint)
            problem.outcome = OutcomeRule.outcome(of: result)
            problem.messageID = id
            problem.attempts = 1
            completion(.failure(problem))
        } impossible: { problem in
            var problem = problem
            problem.outcome = .notSent
            completion(.failure(problem))
        }
    }

    package func readConversation(
        _ conversation: ConversationID,
        for call: CallContext,
        completion: @escaping (Result<Conversation, Problem>) -> Void
    ) {
        attempt(.readConversation, for: call) {
            DivarRequest(reading: conversation, through: $0)
        } completion: { endpoint, result in
            if case .answered(.conversation(let conversation), _) = result {
                completion(.success(conversation))
            } else {
                completion(.failure(EgressService.problem(for: result, at: endpoint)))
            }
        } impossible: {
            completion(.failure($0))
        }
    }

    package func createUploadToken(
        for call: CallContext,
        completion: @escaping (Result<UploadGrant, Problem>) -> Void
    ) {
        let uploadURL = settings.uploadURL
        attempt(.createUploadToken, for: call) {
            DivarRequest(creatingUploadTokenThrough: $0)
        } completion: { endpoint, result in
            if case .answered(.uploadToken(let token), _) = result {
                completion(.success(UploadGrant(token: token, uploadURL: uploadURL)))
            } else {
                completion(.failure(EgressService.problem(for: result, at: endpoint)))
            }
        } impossible: {
            completion(.failure($0))
        }
    }

    // MARK: One attempt

    /// Plans and makes one attempt.
    ///
    /// - Parameter impossible: called where a valid call has no endpoint or no key. Configuration and validation leave
    ///   no way to come there; if one is found, nothing has left.
    private func attempt(
        _ operation: Messaging.Operation,
        for call: CallContext,
        request make: (Endpoint) -> DivarRequest?,
        completion: @escaping (EndpointName, AttemptResult) -> Void,
        impossible: (Problem) -> Void
    ) {
        guard let endpoint = settings.planner.endpoints(for: operation).first,
            let request = make(endpoint), let key = settings.keys.key(of: call.caller.app)
        else {
            logger.critical("no endpoint or key for a valid call", metadata: ["operation": "\(operation.rawValue)"])
            impossible(Problem(.internal, detail: "The gateway found no way to make a valid call."))
            return
        }
        let trace = call.trace.child(span: .random(in: .min ... .max))
        let upstream = builder.request(request, key: key, userToken: call.userToken, trace: trace)
        let redaction = Redaction([key] + (call.userToken.map { [$0.secret] } ?? []))
        pool.execute(upstream, deadline: .now() + settings.deadline) { [logger] result in
            let attempt = AttemptResult(result, from: endpoint, redacting: redaction)
            EgressService.log(attempt, endpoint: endpoint, call: call, to: logger)
            completion(endpoint.name, attempt)
        }
    }

    private static func log(_ attempt: AttemptResult, endpoint: Endpoint, call: CallContext, to logger: Logger) {
        guard let problem = ProblemRule.problem(for: attempt) else { return }
        logger.warning(
            "call to Divar did not succeed",
            metadata: [
                "endpoint": "\(endpoint.name)", "caller": "\(call.caller.name)", "app": "\(call.caller.app)",
                "problem": "\(problem.kind.rawValue)", "detail": "\(problem.detail)",
                "divar_status": "\(problem.divar.map { String($0.status) } ?? "none")",
                "divar_code": "\(problem.divar?.code.map(String.init) ?? "none")",
                "trace_id": "\(call.trace.traceID)",
            ]
        )
    }

    /// The problem of an attempt that did not bring what was asked for.
    private static func problem(for result: AttemptResult, at endpoint: EndpointName) -> Problem {
        var problem =
            ProblemRule.problem(for: result)
            ?? Problem(.divarUnintelligible, detail: "Divar's answer is one to another kind of call.")
        problem.endpoint = endpoint
        return problem
    }

    private static func receipt(
        for draft: MessageDraft,
        id: MessageID,
        named: String?,
        endpoint: EndpointName
    ) -> SendReceipt {
        var conversation = named
        // Version 2 doesn't repeat the conversation; it is the one that was asked for.
        if conversation == nil, case .conversation(let target) = draft.target { conversation = target.text }
        return SendReceipt(messageID: id, conversation: conversation, endpoint: endpoint, attempts: 1)
    }

    private static func makeMessageID() -> MessageID {
        let milliseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
        return MessageID(
            unixMilliseconds: milliseconds,
            random: (.random(in: .min ... .max), .random(in: .min ... .max))
        )
    }
}
