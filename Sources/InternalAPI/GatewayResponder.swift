private import ConversationCache
package import HTTPWire
package import Messaging
private import StrictJSON

/// The front door: finds the route and the caller before a body is read, then validates, calls and answers.
///
/// One instance serves one event loop.
package struct GatewayResponder: HTTPResponder {
    let service: any MessagingService
    let callers: any CallerAuthenticating
    /// Nil where no events are expected.
    let events: (any EventAuthenticating)?
    private let readiness: any ReadinessReporting
    private let limits: MessageLimits
    private let reportForeignLinks: ForeignLinkReport
    private let loops: LoopGuard?
    /// Nil where nobody wants to know.
    private let observer: (any CallObserving)?
    private let traces = TraceNumbers()

    package init(
        service: any MessagingService,
        callers: any CallerAuthenticating,
        events: (any EventAuthenticating)? = nil,
        readiness: any ReadinessReporting,
        limits: MessageLimits,
        reportForeignLinks: @escaping ForeignLinkReport = { _, _ in },
        loops: LoopGuard? = nil,
        observer: (any CallObserving)? = nil
    ) {
        self.observer = observer
        self.loops = loops
        self.service = service
        self.callers = callers
        self.events = events
        self.readiness = readiness
        self.limits = limits
        self.reportForeignLinks = reportForeignLinks
    }

    package func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        let route = Route(path: head.path)
        let notes = CallNotes(request: traces.next())
        let trace = trace(of: head)
        notes.note { $0.trace = trace }
        let call = CallInHand(head, to: route, from: peer, notes: notes, observer: observer)
        if loops?.isOurOwn(head, from: peer) == true {
            notes.note(.loop)
            return call.following(.refuse(ProblemResponse.response(to: .loop)))
        }
        var caller: Caller?
        do throws(Problem) {
            return call.following(try admit(head, to: route, from: peer, as: &caller, call))
        } catch {
            var problem = error
            if route == .send { problem.outcome = .notSent }
            notes.note(problem)
            record(problem.kind, of: head, to: route, from: peer, by: caller)
            return call.following(.refuse(ProblemResponse.response(to: problem, allowing: route?.allowedMethods)))
        }
    }

    package func refused(_ violation: ProtocolViolation, from peer: Peer) {
        observer?.refused(Problem(violation).kind, from: peer)
    }

    package func response(to violation: ProtocolViolation) -> Response {
        var problem = Problem(violation)
        // Whatever it was going to be, nothing of it has left.
        problem.outcome = .notSent
        return ProblemResponse.response(to: problem)
    }

    /// - Parameter known: set once it is known who calls, also where the call is refused then.
    private func admit(
        _ head: RequestHead,
        to route: Route?,
        from peer: Peer,
        as known: inout Caller?,
        _ inHand: CallInHand
    ) throws(Problem) -> Admission {
        guard let route else {
            throw Problem(.noSuchResource, detail: "The gateway has no resource at this path.")
        }
        guard route.allowedMethods.contains(head.method) else {
            throw Problem(.methodNotAllowed, detail: "This resource does not have the method \(head.method.name).")
        }
        if route == .events { return try event(head, inHand.notes) }
        try requireUserTokens(for: route)
        guard let permission = route.permission else { return open(route) }
        let (caller, meter) = try recognised(head, from: peer, as: &known, inHand.notes)
        guard caller.permissions.contains(permission) else {
            throw Problem(.notAllowed, detail: "The caller \(caller.name) may not \(permission.rawValue).")
        }
        inHand.hold(try CallPlace.taken(from: meter))
        let trace = inHand.notes.facts.trace ?? trace(of: head)
        let userToken = try userToken(of: head)
        let call = CallContext(
            caller: caller, userToken: userToken, trace: trace, peer: peer.description, timeout: try timeout(of: head),
            user: try keptUser(of: head), notes: inHand.notes
        )
        return try admission(of: call, head, to: route)
    }

    private func admission(of call: CallContext, _ head: RequestHead, to route: Route) throws(Problem) -> Admission {
        switch route {
        case .send: try send(call, head)
        case .uploadToken: uploadToken(call, head)
        case .conversation(let segment): try conversation(segment, call, head)
        case .message(let segment): try message(segment, call, isCancel: head.method == .delete)
        case .userTokens(let segment): try userTokens(segment, call, head)
        case .events, .description, .live, .ready: open(route)
        }
    }

    // MARK: What comes along

    private func userToken(of head: RequestHead) throws(Problem) -> AccessToken? {
        guard let text = head.fields[.accessToken] else { return nil }
        guard let token = AccessToken(text) else {
            throw Problem(
                .invalidRequest,
                detail: "X-Access-Token is not a token: 1 to \(AccessToken.maximumLength) visible ASCII characters."
            )
        }
        return token
    }

    private func timeout(of head: RequestHead) throws(Problem) -> Int64? {
        guard let text = head.fields[.requestTimeout] else { return nil }
        guard let timeout = RequestTimeout.microseconds(text) else {
            throw Problem(
                .invalidRequest,
                detail: "X-Request-Timeout is not a time above zero, in seconds or with a unit: 2, 0.5, 2s, 500ms."
            )
        }
        return timeout
    }

    func trace(of head: RequestHead) -> TraceContext {
        head.fields[.traceparent].flatMap { TraceContext(traceparent: $0) } ?? traces.makeTrace()
    }

    // MARK: Routes

    private func send(_ call: CallContext, _ head: RequestHead) throws(Problem) -> Admission {
        try requireJSON(head)
        let key = try idempotencyKey(of: head)
        let isDryRun = try isDryRun(head)
        let isQueued = Preferences.asksForAsynchronous(head.fields[.prefer])
        return .accept(bodyLimit: limits.bodyBytes, refused: refusal(of: call, to: .send)) {
            [service, limits, reportForeignLinks] body, reply in
            do throws(Problem) {
                let body = try SendBodyReader.body(from: body, hasUserToken: call.isForUser, limits: limits)
                let draft = body.draft
                try GatewayResponder.requireAllowed(draft, for: call, report: reportForeignLinks)
                try GatewayResponder.requireUserToken(call, for: draft.operation)
                try GatewayResponder.requireQueue(isQueued, for: body.expires)
                guard !isDryRun else {
                    service.preview(draft, expires: body.expires, for: call) { reply.answer($0, of: call) }
                    return
                }
                guard !isQueued else {
                    service.enqueue(draft, expires: body.expires, key: key, for: call) { reply.answer($0, of: call) }
                    return
                }
                service.send(draft, key: key, for: call) { reply.answer($0, of: call) }
            } catch {
                var problem = error
                problem.outcome = .notSent
                service.refused(GatewayResponder.refusal(of: call, to: .send, for: problem))
                reply.answer(problem, of: call)
            }
        }
    }

    private static func requireQueue(_ isQueued: Bool, for expires: Int64?) throws(Problem) {
        guard expires != nil, !isQueued else { return }
        let detail = "is only for messages that wait in the queue: Prefer: respond-async"
        throw Problem(
            .invalidRequest, detail: "The body is not a message that can be sent.",
            violations: [Violation(pointer: "/expires_at", detail: detail)]
        )
    }

    /// A structured boolean would be `?1` (RFC 9651 section 3.3.6); people write `true`.
    private func isDryRun(_ head: RequestHead) throws(Problem) -> Bool {
        switch head.fields[.dryRun]?.lowercased() {
        case nil, "false", "?0": return false
        case "true", "?1": return true
        default: throw Problem(.invalidRequest, detail: "Dry-Run must be true or false.")
        }
    }

    private func uploadToken(_ call: CallContext, _ head: RequestHead) -> Admission {
        .accept(bodyLimit: MessageLimits.uploadTokenBodyBytes, refused: refusal(of: call, to: .upload)) {
            [service] body, reply in
            guard body.isEmpty || (try? JSONParser.parse(body)) == .object([]) else {
                let problem = Problem(.invalidRequest, detail: "The body must be empty or an empty JSON object.")
                service.refused(GatewayResponder.refusal(of: call, to: .upload, for: problem))
                return reply.answer(problem, of: call)
            }
            service.createUploadToken(for: call) { reply.answer($0.map(AnswerBody.grant), of: call) }
        }
    }

    private func conversation(
        _ segment: String,
        _ call: CallContext,
        _ head: RequestHead
    ) throws(Problem) -> Admission {
        guard let id = PercentEncoding.decoded(segment).flatMap(ConversationID.init) else {
            throw Problem(
                .invalidRequest,
                detail:
                    "The conversation's id must be 1 to \(ConversationID.maximumLength) characters of A-Z a-z 0-9 _ - . ~ and neither . nor .. by itself."
            )
        }
        try GatewayResponder.requireUserToken(call, for: .readConversation)
        let read = ConversationRead(
            conversation: id,
            directives: head.fields[.cacheControl].map { CacheControl($0) } ?? CacheControl(),
            tokenExpires: try tokenExpires(of: head)
        )
        let condition = head.fields[.ifNoneMatch].map(EntityTagCondition.init)
        return .accept(bodyLimit: 0) { [service] _, reply in
            let giveUp = service.readConversation(read, for: call) { answer in
                reply.answer(answer, of: call, condition: condition)
            }
            reply.whenAbandoned(giveUp)
        }
    }

    private func tokenExpires(of head: RequestHead) throws(Problem) -> Int? {
        guard let text = head.fields[.accessTokenExpires] else { return nil }
        guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(text)
        else {
            throw Problem(
                .invalidRequest,
                detail: "X-Access-Token-Expires is not a time in seconds since 1970, at most ten digits."
            )
        }
        return seconds
    }

    private func message(_ segment: String, _ call: CallContext, isCancel: Bool) throws(Problem) -> Admission {
        guard let id = MessageID(segment) else {
            throw Problem(.noSuchResource, detail: "A message's id is a UUID of version 7, as /send gave it.")
        }
        return .accept(bodyLimit: 0) { [service] _, reply in
            let answer = { (result: Result<MessageReport, Problem>) in
                reply.answer(result.map(AnswerBody.report), of: call)
            }
            if isCancel {
                service.cancel(id, for: call, completion: answer)
            } else {
                service.report(on: id, for: call, completion: answer)
            }
        }
    }

    /// Puts down a call that was refused by its head.
    private func record(
        _ kind: ProblemKind,
        of head: RequestHead,
        to route: Route?,
        from peer: Peer,
        by caller: Caller?
    ) {
        guard let route, let permission = route.permission else { return }
        var call = RefusedCall(caller: caller, peer: peer.description, permission: permission, kind: kind)
        if case .conversation(let segment) = route {
            call.conversation = PercentEncoding.decoded(segment).flatMap(ConversationID.init)
        }
        call.traceID = head.fields[.traceparent].flatMap { TraceContext(traceparent: $0) }?.traceID
        service.refused(call)
    }

    /// Puts down a call whose body the wire refuses.
    func refusal(of call: CallContext, to permission: Permission) -> (ProtocolViolation) -> Void {
        { [service] violation in
            service.refused(GatewayResponder.refusal(of: call, to: permission, for: Problem(violation)))
        }
    }

    static func refusal(of call: CallContext, to permission: Permission, for problem: Problem) -> RefusedCall {
        RefusedCall(
            caller: call.caller, peer: call.peer, permission: permission, kind: problem.kind,
            traceID: call.trace.traceID
        )
    }

    private func idempotencyKey(of head: RequestHead) throws(Problem) -> IdempotencyKey? {
        guard let text = head.fields[.idempotencyKey] else { return nil }
        guard let key = IdempotencyKey(text) else {
            throw Problem(
                .invalidRequest,
                detail: "Idempotency-Key must be 1 to \(IdempotencyKey.maximumLength) visible ASCII characters."
            )
        }
        return key
    }

    /// What anybody may ask.
    private func open(_ route: Route) -> Admission {
        .accept(bodyLimit: 0) { [readiness] _, reply in
            switch route {
            case .ready: reply.send(AnswerResponse.response(to: readiness.readiness()))
            case .description: reply.send(OpenAPIDocument.response)
            default: reply.send(AnswerResponse.live)
            }
        }
    }

    func requireJSON(_ head: RequestHead) throws(Problem) {
        guard let contentType = head.fields[.contentType] else {
            throw Problem(
                .unsupportedMediaType, detail: "The body must be announced as Content-Type: application/json.")
        }
        let parts = contentType.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        let parameters = parts.dropFirst().filter { !$0.isEmpty }
        guard parts.first == "application/json",
            parameters.allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" })
        else {
            throw Problem(
                .unsupportedMediaType, detail: "The body must be announced as Content-Type: application/json, in UTF-8."
            )
        }
    }

    private static func requireUserToken(_ call: CallContext, for operation: Operation) throws(Problem) {
        guard operation.needsUserToken, !call.isForUser else { return }
        throw Problem(
            .userTokenRequired,
            detail:
                "Divar serves this call (\(operation.rawValue)) only with a user's token: add X-Access-Token, or X-User."
        )
    }
}
